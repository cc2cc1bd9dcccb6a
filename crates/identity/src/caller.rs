//! Callers: the principal that a call is made as, and its authority.

use std::ops::Deref;
use std::sync::Arc;

use base::{AccountId, Region};
use policy::Principal;

use crate::authorization::{Authority, Authorization, NotEnforced};
use crate::session::Session;

/// A caller of operations.
///
/// Its particulars are readable as fields and never change: a caller is made only of proven credentials
/// ([`crate::Authenticator`]), of a role that may be assumed ([`crate::Identity`]), of nobody's rights at all, or
/// where signatures are not required.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    particulars: Particulars,
    authorization: Authorization,
}

/// What is known of a caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Particulars {
    /// The account that the call is for.
    pub account: AccountId,
    /// The region that the call is for.
    pub region: Region,
    /// The access key that the call was signed with, if any.
    pub access_key: Option<Arc<str>>,
    /// The principal. Where signatures are not required, a caller is taken for the root of its account.
    pub principal: Principal,
    /// The temporary credentials that the call was signed with, if it was.
    pub session: Option<Arc<Session>>,
}

/// What a request says of its caller before anything is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The access key that the request names.
    pub access_key: Option<Arc<str>>,
}

impl Caller {
    pub(crate) fn new(particulars: Particulars, authorization: Authorization) -> Self {
        Caller { particulars, authorization }
    }

    /// The root of an account, taken at its word where signatures are not required.
    pub fn trusted(not_enforced: NotEnforced, claimed: Claimed) -> Self {
        let principal = Principal::Root { account: claimed.account };
        Caller::new(claimed.with(principal, None), Authorization::NotEnforced(not_enforced))
    }

    /// A caller that did not sign: only resource policies can let it in. The authority's own policies count for
    /// nothing.
    pub fn anonymous(claimed: Claimed, authority: Authority) -> Self {
        Caller::without_policies(claimed, Principal::Anonymous, authority)
    }

    /// A service that acts for itself, such as `sns.amazonaws.com`: only resource policies can let it in. The
    /// authority's own policies count for nothing.
    pub fn service(name: &str, claimed: Claimed, authority: Authority) -> Self {
        Caller::without_policies(claimed, Principal::Service { name: name.into() }, authority)
    }

    fn without_policies(claimed: Claimed, principal: Principal, authority: Authority) -> Self {
        let authority = Authority { policies: Vec::new(), session: None, ..authority };
        let particulars = Claimed { access_key: None, ..claimed }.with(principal, None);
        Caller::new(particulars, Authorization::Enforced(Arc::new(authority)))
    }

    /// The same caller, calling for another region.
    #[must_use]
    pub fn in_region(mut self, region: Region) -> Self {
        self.particulars.region = region;
        self
    }

    /// The caller's authority, or that nothing is enforced.
    pub fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// The caller's authority; none where nothing is enforced.
    pub fn authority(&self) -> Option<&Authority> {
        match &self.authorization {
            Authorization::NotEnforced(_) => None,
            Authorization::Enforced(authority) => Some(authority),
        }
    }
}

impl Claimed {
    pub(crate) fn with(self, principal: Principal, session: Option<Session>) -> Particulars {
        let Claimed { account, region, access_key } = self;
        let account = principal.account().unwrap_or(account);
        Particulars { account, region, access_key, principal, session: session.map(Arc::new) }
    }
}

/// Particulars are read, never changed: there is no `DerefMut`.
impl Deref for Caller {
    type Target = Particulars;

    fn deref(&self) -> &Particulars {
        &self.particulars
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::authority;

    fn claimed() -> Claimed {
        let access_key = Some("AKID".into());
        Claimed { account: AccountId::DEFAULT, region: Region::default(), access_key }
    }

    #[test]
    fn nobody_gets_policies_by_asking_for_them() {
        let everything = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let policy = policy::Document::parse(policy::Kind::Identity, everything).unwrap();
        let wished = Authority { policies: vec![Arc::new(policy)], ..authority() };
        for caller in [
            Caller::anonymous(claimed(), wished.clone()),
            Caller::service("sns.amazonaws.com", claimed(), wished),
        ] {
            assert_eq!(caller.authority(), Some(&authority()));
            assert_eq!((&caller.access_key, caller.principal.account()), (&None, None));
        }
    }
}
