//! Which operation of which service a request is for, and where its answer is measured.

use std::borrow::Cow;

use base::Region;
use shape::{Fault, ServiceModel};
use wire::{Codec, Hint, Incoming, codec_for};

use super::caller::Scope;
use super::routes::{Route, Routes};

/// What a request is for.
pub(super) struct Found<'r> {
    pub(super) route: &'r Route,
    pub(super) codec: &'static dyn Codec,
    /// The region in the host name.
    pub(super) region: Option<Region>,
}

/// Nothing was found.
pub(super) struct NotFound {
    /// The service and the protocol, if these could be told.
    pub(super) speaks: Option<(&'static ServiceModel, &'static dyn Codec)>,
    pub(super) fault: Fault,
}

impl Routes {
    /// Finds the operation that a request names.
    pub(super) fn find(
        &self,
        request: &Incoming<'_>,
        scope: Option<&Scope>,
        host: Option<&str>,
    ) -> Result<Found<'_>, NotFound> {
        let hint = Hint {
            signed_for: scope.map(|scope| scope.service.as_str()).unwrap_or_default(),
            host: host.unwrap_or_default(),
            path_of: if is_queue(request.path) { "sqs" } else { "" },
        };
        let routed = self.table.find(request, hint).map_err(|not_found| NotFound {
            speaks: not_found.speaks.map(|(service, protocol)| (service, codec_for(protocol))),
            fault: not_found.fault,
        })?;
        let codec = codec_for(routed.protocol);
        let (service, operation) = (routed.service, routed.operation);
        // A service that is known and not served has no routes: its operations are refused by name.
        let route = self.route(service.name, operation.name).ok_or_else(|| NotFound {
            speaks: Some((service, codec)),
            fault: Fault::not_implemented(operation.name),
        })?;
        Ok(Found { route, codec, region: routed.region.and_then(|region| region.parse().ok()) })
    }
}

/// The query string of a request, with the queue that the path names: AWS's documentation sends a queue's
/// Query requests to the queue's own URL, and then they need no `QueueUrl`. One in the form wins.
pub(super) fn with_queue_url<'a>(route: &Route, request: &Incoming<'a>) -> Cow<'a, str> {
    if route.service.name != "sqs" || !is_queue(request.path) {
        return Cow::Borrowed(request.query);
    }
    let url: String = form_urlencoded::byte_serialize(request.path.as_bytes()).collect();
    Cow::Owned(["QueueUrl=", &url, "&", request.query].concat())
}

/// `/<account>/<name>`: SQS's Query API takes the queue from the path.
fn is_queue(path: &str) -> bool {
    let mut parts = path.trim_matches('/').split('/');
    let account = parts.next().is_some_and(|part| part.parse::<base::AccountId>().is_ok());
    account && parts.next().is_some() && parts.next().is_none()
}
