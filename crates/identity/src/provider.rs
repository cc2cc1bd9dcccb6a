//! Providers of identities: the configuration, and services that own users and roles.

use std::sync::Arc;

use base::{AccountId, Secret};
use policy::{Document, Principal};

use crate::role::Role;

/// A source of users, access keys, roles and policies. What it knows may change while the program runs, and holds
/// from the next request on.
///
/// It is asked on the way of every signed request, so it answers from memory.
pub trait Provider: Send + Sync {
    /// The holder of a long-term access key.
    fn access_key(&self, id: &str) -> Option<AccessKey>;

    /// The account of a long-term access key.
    fn account_of(&self, access_key: &str) -> Option<AccountId> {
        self.access_key(access_key)?.principal.account()
    }

    /// The role with this ARN.
    fn role(&self, arn: &str) -> Option<Role>;

    /// The policies of a root, of a user, or of the role of a session; none if it is not known (any more).
    fn policies(&self, principal: &Principal) -> Option<Vec<Arc<Document>>>;
}

/// A long-term access key.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessKey {
    /// Its holder: a root or a user.
    pub principal: Principal,
    /// Its secret.
    pub secret: Secret,
}
