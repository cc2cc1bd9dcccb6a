//! The keys and roles of the configuration: its provider of identities.

use std::collections::HashMap;
use std::sync::Arc;

use base::AccountId;
use identity::{AccessKey, Principal, Provider, Role};
use parking_lot::RwLock;

use crate::config::{Auth, ConfiguredRole, Key, Policy};

/// The keys of the configuration by their ids, and the roles.
pub(crate) struct Keyring {
    keys: HashMap<String, Key>,
    /// Everybody who has a key, with the policy.
    holders: HashMap<Principal, Option<Policy>>,
    roles: HashMap<String, ConfiguredRole>,
    /// Where signatures are not required, access keys are names: twelve digits are the account. The account of all
    /// others.
    named: Option<AccountId>,
}

/// The keys and roles that hold now. They change as a whole.
pub(crate) struct Keyrings(RwLock<Arc<Keyring>>);

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
        Keyrings(RwLock::new(Arc::new(keyring)))
    }

    /// From the next request on other keys and roles hold.
    pub(crate) fn renew(&self, keyring: Keyring) {
        *self.0.write() = Arc::new(keyring);
    }

    fn current(&self) -> Arc<Keyring> {
        Arc::clone(&self.0.read())
    }
}

impl Keyring {
    /// These keys, whose ids differ, and roles, whose ARNs do.
    pub(crate) fn new(keys: &[Key], roles: &[ConfiguredRole]) -> Self {
        let policy = |key: &Key| key.user.as_ref().and_then(|user| user.policy.clone());
        Keyring {
            keys: keys.iter().map(|key| (key.id.clone(), key.clone())).collect(),
            holders: keys.iter().map(|key| (principal(key), policy(key))).collect(),
            roles: roles.iter().map(|role| (role.role.arn(), role.clone())).collect(),
            named: None,
        }
    }

    /// The keyring of a configuration; `account` is that of callers who do not name one.
    pub(crate) fn of(auth: &Auth, roles: &[ConfiguredRole], account: AccountId) -> Self {
        match auth {
            Auth::SigV4(keys) => Keyring::new(keys, roles),
            Auth::None => Keyring { named: Some(account), ..Keyring::new(&[], roles) },
        }
    }

    /// The holder of a key, or the principal of an ARN, which says nothing of a role's path; none if it is not known.
    pub(crate) fn find(&self, wanted: &Wanted) -> Option<Principal> {
        match wanted {
            Wanted::Key(id) => self.keys.get(id).map(principal),
            Wanted::Principal(principal) => {
                self.whole(principal).filter(|it| self.known(it).is_some())
            }
        }
    }

    /// The policy of a user or of a role's session, if it has one.
    pub(crate) fn policy(&self, principal: &Principal) -> Option<&Policy> {
        self.known(principal)?.as_ref()
    }

    /// The policy of somebody who still has a key, or is a session of a role that is still there.
    fn known(&self, principal: &Principal) -> Option<&Option<Policy>> {
        let of_role = || self.role_of(principal).map(|role| &role.policy);
        self.holders.get(principal).or_else(of_role)
    }

    /// A session with its role's path, if it is the session of a role; anybody else as is.
    fn whole(&self, principal: &Principal) -> Option<Principal> {
        let Principal::AssumedRole { account, role, session } = principal else {
            return Some(principal.clone());
        };
        let is_it = |known: &&Role| known.account == *account && known.name.ends_with(&**role);
        let known = self.roles.values().map(|known| &known.role).filter(is_it);
        let sessions = known.map(|known| Principal::AssumedRole {
            account: *account,
            role: Arc::clone(&known.name),
            session: Arc::clone(session),
        });
        // Names are one of a kind in an account; `ends_with` finds longer ones too.
        sessions.into_iter().find(|it| it.arn() == principal.arn())
    }

    /// The role of a session.
    fn role_of(&self, principal: &Principal) -> Option<&ConfiguredRole> {
        match principal {
            Principal::AssumedRole { .. } => self.roles.get(&principal.principal_arn()?),
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

impl Provider for Keyrings {
    fn access_key(&self, id: &str) -> Option<AccessKey> {
        let keyring = self.current();
        let key = keyring.keys.get(id)?;
        Some(AccessKey { principal: principal(key), secret: key.secret.clone() })
    }

    /// Where access keys are names, everybody's is known; temporary ones name their account themselves.
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        let keyring = self.current();
        let says = || access_key.parse().ok().or_else(|| identity::account_of(access_key));
        let named = keyring.named.map(|account| says().unwrap_or(account));
        named.or_else(|| keyring.keys.get(access_key).map(|key| key.account))
    }

    fn role(&self, arn: &str) -> Option<Role> {
        self.current().roles.get(arn).map(|found| found.role.clone())
    }

    fn policies(&self, principal: &Principal) -> Option<Vec<Policy>> {
        self.current().known(principal).map(|policy| policy.iter().cloned().collect())
    }
}
