//! The identities of a node.

use std::sync::Arc;

use base::{AccountId, Random, Span, Timestamp};
use policy::{Document, Principal};

use crate::authorization::Enforcement;
use crate::caller::Caller;
use crate::provider::{AccessKey, Provider};
use crate::role::Role;
use crate::sessions::{Holder, Issued, Sessions, account_of};

/// The identities of a node: its providers, and the temporary credentials that it issues.
pub struct Identity {
    providers: Vec<Arc<dyn Provider>>,
    pub(crate) sessions: Sessions,
    enforcement: Enforcement,
}

/// When credentials are issued, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) now: Timestamp,
    pub(crate) duration: Span,
}

impl Identity {
    /// The identities of these providers; of two that know the same, the first one counts.
    pub fn new(
        providers: Vec<Arc<dyn Provider>>,
        sessions: Sessions,
        enforcement: Enforcement,
    ) -> Arc<Self> {
        Arc::new(Identity { providers, sessions, enforcement })
    }

    /// Whether callers must prove who they are.
    pub fn enforcement(&self) -> Enforcement {
        self.enforcement
    }

    /// The account of an access key. A temporary one names its account itself, whether it has ended or not.
    pub fn account_of(&self, access_key: &str) -> Option<AccountId> {
        let known = self.first(|provider| provider.account_of(access_key));
        known.or_else(|| account_of(access_key))
    }

    /// The role with this ARN.
    pub fn role(&self, arn: &str) -> Option<Role> {
        self.first(|provider| provider.role(arn))
    }

    /// Issues temporary credentials to a caller, as which it goes on (GetSessionToken).
    pub fn issue(
        &self,
        caller: &Caller,
        random: &Random,
        now: Timestamp,
        duration: Span,
    ) -> Issued {
        let is_proven = caller.authority().is_some();
        let holder = Holder { principal: &caller.principal, policy: None, is_proven };
        self.sessions.issue(random, holder, Term { now, duration })
    }

    pub(crate) fn access_key(&self, id: &str) -> Option<AccessKey> {
        self.first(|provider| provider.access_key(id))
    }

    pub(crate) fn policies(&self, principal: &Principal) -> Option<Vec<Arc<Document>>> {
        self.first(|provider| provider.policies(principal))
    }

    fn first<T>(&self, ask: impl Fn(&dyn Provider) -> Option<T>) -> Option<T> {
        self.providers.iter().find_map(|provider| ask(&**provider))
    }
}
