//! Callers for tests, which need no proof. Only the tests of other crates have this, by the feature `testing`.

use std::sync::Arc;

use base::{AccountId, Region, Timestamp};
use policy::Principal;

use crate::authorization::{Authority, Authorization, Enforcement, NotEnforced};
use crate::caller::{Caller, Claimed};
use crate::identity::Identity;
use crate::sessions::Sessions;

/// Nothing is enforced.
#[expect(clippy::disallowed_methods, reason = "nobody signs in tests")]
pub fn not_enforced() -> NotEnforced {
    NotEnforced::declare()
}

/// The root of an account, taken at its word.
pub fn root(account: AccountId, region: Region) -> Caller {
    Caller::trusted(not_enforced(), Claimed { account, region, access_key: None })
}

/// The identities of a program without signatures, keys and roles.
pub fn open(secret: &[u8; 32]) -> Arc<Identity> {
    let enforcement = Enforcement::NotRequired(not_enforced());
    Identity::new(Vec::new(), Sessions::new(secret), enforcement)
}

/// A caller with an authority, as if it had proven who it is.
pub fn proven(principal: Principal, authority: Authority) -> Caller {
    let account = principal.account().unwrap_or(AccountId::DEFAULT);
    let claimed = Claimed { account, region: Region::default(), access_key: None };
    let authorization = Authorization::Enforced(Arc::new(authority));
    Caller::new(claimed.with(principal, None), authorization)
}

/// A caller that did not sign.
pub fn anonymous() -> Caller {
    let (account, region) = (AccountId::DEFAULT, Region::default());
    Caller::anonymous(Claimed { account, region, access_key: None }, authority())
}

/// The same caller, with an access key, taken for the root of its account.
pub fn signed_with(access_key: &str, caller: Caller) -> Caller {
    let (account, region) = (caller.account, caller.region.clone());
    let access_key = Some(access_key.into());
    Caller::trusted(not_enforced(), Claimed { account, region, access_key })
}

/// Somebody who calls in the clear, from a documented address, with no policies.
pub fn authority() -> Authority {
    Authority {
        peer: Some("192.0.2.1".parse().expect("an address")),
        is_secure: false,
        ..Authority::internal(Timestamp::ZERO)
    }
}
