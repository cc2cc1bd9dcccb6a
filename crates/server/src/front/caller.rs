//! The caller that a request claims to be from: account, region and access key.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::borrow::Cow;
use std::sync::Arc;

use base::Region;
use identity::Claimed;
use wire::Incoming;

use crate::front::{World, host};
use web::Request;

/// The scope of a signature: `access key/date/region/service/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) access_key: String,
    pub(super) region: Option<Region>,
    pub(super) service: String,
}

/// The scope that a request says it is signed for, in its header or, presigned, in its query string. The
/// signature itself is not looked at.
pub(super) fn scope(request: &Incoming<'_>) -> Option<Scope> {
    let header = request.headers.get("authorization").and_then(|line| {
        let credential =
            line.split(['=', ',', ' ']).skip_while(|word| *word != "Credential").nth(1);
        credential.map(Cow::Borrowed)
    });
    let credential = header.or_else(|| presigned(request.query))?;
    // An access key may contain slashes; the four parts behind it do not.
    let mut parts = credential.rsplitn(5, '/');
    let (_, service, region) = (parts.next()?, parts.next()?, parts.next()?);
    let (_, access_key) = (parts.next()?, parts.next()?);
    Some(Scope {
        access_key: access_key.to_owned(),
        region: region.parse().ok(),
        service: service.to_owned(),
    })
}

fn presigned(query: &str) -> Option<Cow<'_, str>> {
    if !query.contains("X-Amz-Credential") {
        return None;
    }
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    parameters.find(|(name, _)| name == "X-Amz-Credential").map(|(_, value)| value)
}

impl World {
    /// What a request says of its caller: a twelve-digit access key is the account.
    pub(super) fn claimed(&self, scope: Option<Scope>, by_host: Option<Region>) -> Claimed {
        let Some(scope) = scope else {
            let region = by_host.unwrap_or_else(|| self.region.clone());
            return Claimed { account: self.account, region, access_key: None };
        };
        let account = scope.access_key.parse().unwrap_or(self.account);
        let region = scope.region.or(by_host).unwrap_or_else(|| self.region.clone());
        let access_key = Some(Arc::from(scope.access_key));
        Claimed { account, region, access_key }
    }

    /// What URLs in answers begin with: the host that the request came to, unless another is configured.
    pub(super) fn endpoint(&self, request: &Request) -> Arc<str> {
        match &self.public_url {
            Some(url) => Arc::from(url.as_str()),
            None => {
                let host = host(request).unwrap_or("localhost");
                Arc::from([request.transport.scheme(), "://", host].concat())
            }
        }
    }
}
