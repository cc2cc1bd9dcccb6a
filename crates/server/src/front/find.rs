//! Which operation of which service a request is for.
//!
//! JSON names both in `X-Amz-Target`. Query names the operation alone: the service follows from whom the
//! request is signed for, from the host name, from the API's version, or from the path.

use std::borrow::Cow;

use base::Region;
use shape::{Fault, Protocol, ServiceModel};
use wire::{Address, Codec, Incoming, codec_for};

use super::caller::Scope;
use super::routes::{Route, Routes, Served};
use super::unknown_operation;

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

/// What a host name says: `sqs.us-east-1.amazonaws.com`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Host<'a> {
    service: &'a str,
    region: &'a str,
}

impl<'a> Host<'a> {
    fn read(host: &'a str) -> Self {
        let mut labels = host.split([':', '.']);
        let (service, region) = (labels.next(), labels.next());
        Host { service: service.unwrap_or_default(), region: region.unwrap_or_default() }
    }
}

impl Routes {
    /// Finds the operation that a request names.
    pub(super) fn find(
        &self,
        request: &Incoming<'_>,
        scope: Option<&Scope>,
        host: Option<&str>,
    ) -> Result<Found<'_>, NotFound> {
        let host = host.map(Host::read).unwrap_or_default();
        match wire::address(request) {
            Some(Address::Target { protocol, prefix, operation }) => {
                let service = self.services.iter().find(|s| s.model.target_prefix == prefix);
                let service = service.ok_or_else(|| unspoken(unknown_operation(operation)))?;
                service.found(protocol, operation, host)
            }
            Some(Address::Action { operation, version }) => {
                let service = self.by_action(&operation, version.as_deref(), scope, host, request);
                let service = service.ok_or_else(|| unspoken(invalid_action(&operation)))?;
                service.found(Protocol::AwsQuery, &operation, host)
            }
            None => Err(self.nothing_named(request, scope, host)),
        }
    }

    fn by_action(
        &self,
        action: &str,
        version: Option<&str>,
        scope: Option<&Scope>,
        host: Host<'_>,
        request: &Incoming<'_>,
    ) -> Option<&Served> {
        let by_version = || {
            let is_meant =
                |s: &&Served| Some(s.model.version) == version && s.operations.contains_key(action);
            self.services.iter().find(is_meant)
        };
        let by_name = || self.services.iter().find(|s| s.operations.contains_key(action));
        self.by_place(scope, host, request).or_else(by_version).or_else(by_name)
    }

    /// The service that a request is for, whatever it wants there.
    fn by_place(
        &self,
        scope: Option<&Scope>,
        host: Host<'_>,
        request: &Incoming<'_>,
    ) -> Option<&Served> {
        let signed = scope.map(|scope| scope.service.as_str()).unwrap_or_default();
        let named = |name: &str| {
            let is_meant = |s: &&Served| s.model.signing_name == name || s.model.name == name;
            self.services.iter().find(is_meant)
        };
        let by_path = || is_queue(request.path).then(|| named("sqs")).flatten();
        named(signed).or_else(|| named(host.service)).or_else(by_path)
    }

    fn nothing_named(
        &self,
        request: &Incoming<'_>,
        scope: Option<&Scope>,
        host: Host<'_>,
    ) -> NotFound {
        let fault = Fault::common(
            "MissingAction",
            400,
            "The request names no operation: neither X-Amz-Target nor Action is there.",
        );
        let service = self.by_place(scope, host, request);
        let codec = codec_for(Protocol::AwsQuery);
        NotFound { speaks: service.map(|service| service.model).zip(codec), fault }
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

impl Served {
    fn found(
        &self,
        protocol: Protocol,
        operation: &str,
        host: Host<'_>,
    ) -> Result<Found<'_>, NotFound> {
        let codec = codec_for(protocol).filter(|_| self.speaks(protocol));
        let codec = codec.ok_or_else(|| unspoken(unknown_operation(operation)))?;
        let unknown = || match protocol {
            Protocol::AwsQuery => invalid_action(operation),
            _ => unknown_operation(operation),
        };
        let route = self
            .operations
            .get(operation)
            .ok_or_else(|| NotFound { speaks: Some((self.model, codec)), fault: unknown() })?;
        let is_ours = host.service == self.model.name;
        let region = is_ours.then(|| host.region.parse().ok()).flatten();
        Ok(Found { route, codec, region })
    }

    /// Whether the service speaks a protocol. The two versions of JSON differ in nothing that matters:
    /// either is understood.
    fn speaks(&self, protocol: Protocol) -> bool {
        let is_json = |p: &Protocol| matches!(p, Protocol::AwsJson10 | Protocol::AwsJson11);
        self.model.protocols.contains(&protocol)
            || is_json(&protocol) && self.model.protocols.iter().any(is_json)
    }
}

fn unspoken(fault: Fault) -> NotFound {
    NotFound { speaks: None, fault }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
fn invalid_action(action: &str) -> Fault {
    Fault::common(
        "InvalidAction",
        400,
        format!("The action {action} is not valid for this endpoint."),
    )
}
