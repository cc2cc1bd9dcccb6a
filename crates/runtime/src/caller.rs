//! Who calls.

use std::sync::Arc;

use base::{AccountId, Region};
use policy::Principal;

use crate::authorize::Authority;
use crate::identity::Session;

/// Who calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// The account that the call is for.
    pub account: AccountId,
    /// The region that the call is for.
    pub region: Region,
    /// The access key that it was signed with, if any.
    pub access_key: Option<Arc<str>>,
    /// As whom. Where signatures are not required, whoever calls is taken for the root of the account.
    pub principal: Principal,
    /// The temporary credentials that it was signed with, if it was.
    pub session: Option<Arc<Session>>,
    /// What it is held to; none where signatures are not required.
    pub authority: Option<Arc<Authority>>,
}

impl Caller {
    /// The root of an account, which did not have to prove it.
    pub fn root(account: AccountId, region: Region) -> Self {
        let principal = Principal::Root { account };
        Caller { account, region, access_key: None, principal, session: None, authority: None }
    }
}
