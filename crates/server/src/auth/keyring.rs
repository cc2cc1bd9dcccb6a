//! The keys and roles of the configuration.

use std::collections::HashMap;

use base::AccountId;
use runtime::Principal;
use sts::{Directory, Role};

use super::Candidate;
use crate::config::{ConfiguredRole, Key, Policy};

/// The keys of the configuration by their ids, and the roles.
pub(crate) struct Keyring {
    keys: HashMap<String, Key>,
    /// Everybody who has a key, with the policy.
    holders: HashMap<Principal, Option<Policy>>,
    roles: Roles,
}

/// Where signatures are not required, access keys are names: twelve digits are the account.
pub(crate) struct Named {
    /// The account of all others.
    pub(crate) account: AccountId,
    /// The roles.
    pub(crate) roles: Roles,
}

/// The roles of the configuration, by their ARNs.
#[derive(Default)]
pub(crate) struct Roles(HashMap<String, ConfiguredRole>);

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

    /// What a user or a role's session may do, if a policy says so.
    pub(super) fn policy(&self, principal: &Principal) -> Option<&Policy> {
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

impl Directory for Keyring {
    fn requires_signatures(&self) -> bool {
        true
    }

    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        self.keys.get(access_key).map(|key| key.account)
    }

    fn role(&self, arn: &str) -> Option<&Role> {
        self.roles.get(arn)
    }

    fn policies(&self, principal: &Principal) -> &[Policy] {
        self.policy(principal).map(std::slice::from_ref).unwrap_or_default()
    }
}

impl Directory for Named {
    fn requires_signatures(&self) -> bool {
        false
    }

    /// A temporary key names its account itself.
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        let named = access_key.parse().ok().or_else(|| sts::account_of(access_key));
        Some(named.unwrap_or(self.account))
    }

    fn role(&self, arn: &str) -> Option<&Role> {
        self.roles.get(arn)
    }

    fn policies(&self, _: &Principal) -> &[Policy] {
        &[]
    }
}
