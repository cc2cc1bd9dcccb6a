//! The keys and roles of the configuration.

use std::collections::HashMap;
use std::sync::Arc;

use base::AccountId;
use parking_lot::RwLock;
use runtime::Principal;
use sts::{Directory, Role};
use wire::sigv4::SigningKeys;

use super::Candidate;
use crate::config::{ConfiguredRole, Key, Policy};

/// The keys of the configuration by their ids, and the roles.
pub(crate) struct Keyring {
    keys: HashMap<String, Key>,
    /// Everybody who has a key, with the policy.
    holders: HashMap<Principal, Option<Policy>>,
    roles: Roles,
}

/// The keys and roles that hold now. They change as a whole: whoever has got hold of some keeps to them.
pub(crate) struct Keyrings(RwLock<Arc<Current>>);

/// Keys and roles, and what was derived from the keys' secrets, which ends with them.
pub(super) struct Current {
    pub(super) keyring: Keyring,
    pub(super) signing_keys: SigningKeys,
}

/// Where signatures are not required, access keys are names: twelve digits are the account.
pub(crate) struct Named {
    /// The account of all others.
    account: AccountId,
    roles: RwLock<Roles>,
}

/// The roles of the configuration, by their ARNs.
#[derive(Default)]
pub(crate) struct Roles(HashMap<String, ConfiguredRole>);

/// Whom somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The holder of the access key with this id.
    Key(String),
    /// Whom an ARN names.
    Principal(Principal),
}

impl Keyrings {
    /// These keys and roles, until there are others.
    pub(crate) fn new(keyring: Keyring) -> Self {
        Keyrings(RwLock::new(Current::of(keyring)))
    }

    /// From the next request on other keys and roles hold. What the old ones alone were good for ends.
    pub(crate) fn renew(&self, keyring: Keyring) {
        *self.0.write() = Current::of(keyring);
    }

    pub(super) fn current(&self) -> Arc<Current> {
        Arc::clone(&self.0.read())
    }
}

impl Current {
    fn of(keyring: Keyring) -> Arc<Self> {
        Arc::new(Current { keyring, signing_keys: SigningKeys::default() })
    }
}

impl Named {
    /// With these roles, until there are others.
    pub(crate) fn new(account: AccountId, roles: Roles) -> Self {
        Named { account, roles: RwLock::new(roles) }
    }

    /// From the next request on other roles hold.
    pub(crate) fn renew(&self, roles: Roles) {
        *self.roles.write() = roles;
    }
}

impl Keyring {
    /// These keys, whose ids differ, and roles, whose ARNs do.
    pub(crate) fn new(keys: &[Key], roles: Roles) -> Self {
        let policy = |key: &Key| key.user.as_ref().and_then(|user| user.policy.clone());
        Keyring {
            keys: keys.iter().map(|key| (key.id.clone(), key.clone())).collect(),
            holders: keys.iter().map(|key| (principal(key), policy(key))).collect(),
            roles,
        }
    }

    /// Who has a key.
    pub(super) fn candidate(&self, id: &str) -> Option<Candidate> {
        let key = self.keys.get(id)?;
        let secret = key.secret.clone();
        Some(Candidate { principal: principal(key), session: None, secret })
    }

    /// Who has a key, or is who an ARN names, which says nothing of a role's path; none if nobody is.
    pub(crate) fn find(&self, wanted: &Wanted) -> Option<Principal> {
        match wanted {
            Wanted::Key(id) => self.keys.get(id).map(principal),
            Wanted::Principal(principal) => self.roles.whole(principal).filter(|it| self.knows(it)),
        }
    }

    /// What a user or a role's session may do, if a policy says so.
    pub(crate) fn policy(&self, principal: &Principal) -> Option<&Policy> {
        let of_role = || self.roles.of(principal).map(|role| &role.policy);
        self.holders.get(principal).or_else(of_role)?.as_ref()
    }

    /// Whether somebody still has a key, or is a session of a role that is still there.
    pub(super) fn knows(&self, principal: &Principal) -> bool {
        self.holders.contains_key(principal) || self.roles.of(principal).is_some()
    }
}

impl Roles {
    /// These roles.
    pub(crate) fn new(roles: &[ConfiguredRole]) -> Self {
        Roles(roles.iter().map(|role| (role.role.arn(), role.clone())).collect())
    }

    fn get(&self, arn: &str) -> Option<&Role> {
        self.0.get(arn).map(|found| &found.role)
    }

    /// A session with its role's path, if it is the session of a role; anybody else as is.
    fn whole(&self, principal: &Principal) -> Option<Principal> {
        let Principal::AssumedRole { account, role, session } = principal else {
            return Some(principal.clone());
        };
        let is_it = |known: &&Role| known.account == *account && known.name.ends_with(&**role);
        let known = self.0.values().map(|known| &known.role).filter(is_it);
        let sessions = known.map(|known| Principal::AssumedRole {
            account: *account,
            role: Arc::clone(&known.name),
            session: Arc::clone(session),
        });
        // Names are one of a kind in an account; `ends_with` finds longer ones too.
        sessions.into_iter().find(|it| it.arn() == principal.arn())
    }

    /// The role of a session.
    fn of(&self, principal: &Principal) -> Option<&ConfiguredRole> {
        match principal {
            Principal::AssumedRole { .. } => self.0.get(&principal.principal_arn()?),
            _ => None,
        }
    }
}

fn principal(key: &Key) -> Principal {
    let account = key.account;
    match &key.user {
        None => Principal::Root { account },
        Some(user) => Principal::User { account, name: user.name.clone() },
    }
}

impl Directory for Keyrings {
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        self.current().keyring.keys.get(access_key).map(|key| key.account)
    }

    fn role(&self, arn: &str) -> Option<Role> {
        self.current().keyring.roles.get(arn).cloned()
    }
}

impl Directory for Named {
    /// A temporary key names its account itself.
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        let named = access_key.parse().ok().or_else(|| sts::account_of(access_key));
        Some(named.unwrap_or(self.account))
    }

    fn role(&self, arn: &str) -> Option<Role> {
        self.roles.read().get(arn).cloned()
    }
}
