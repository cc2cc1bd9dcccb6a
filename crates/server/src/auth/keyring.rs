//! The keys of the configuration.

use std::collections::{HashMap, HashSet};

use base::AccountId;
use runtime::Principal;
use sts::Directory;

use super::Candidate;
use crate::config::Key;

/// The keys of the configuration, by their ids.
pub(crate) struct Keyring {
    keys: HashMap<String, Key>,
    principals: HashSet<Principal>,
}

/// Where signatures are not required, access keys are names: twelve digits are the account.
pub(crate) struct Named {
    /// The account of all others.
    pub(crate) account: AccountId,
}

impl Keyring {
    /// These keys, whose ids differ.
    pub(crate) fn new(keys: &[Key]) -> Self {
        Keyring {
            keys: keys.iter().map(|key| (key.id.clone(), key.clone())).collect(),
            principals: keys.iter().map(principal).collect(),
        }
    }

    /// Who has a key.
    pub(super) fn candidate(&self, id: &str) -> Option<Candidate> {
        let key = self.keys.get(id)?;
        let secret = key.secret.clone();
        Some(Candidate { principal: principal(key), session: None, secret })
    }

    /// Whether somebody still has a key.
    pub(super) fn knows(&self, principal: &Principal) -> bool {
        self.principals.contains(principal)
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
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        self.keys.get(access_key).map(|key| key.account)
    }
}

impl Directory for Named {
    /// A temporary key names its account itself.
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        let named = access_key.parse().ok().or_else(|| sts::account_of(access_key));
        Some(named.unwrap_or(self.account))
    }
}
