//! Which operation of which service a request is for.
//!
//! RPC protocols name the operation in the path, in `X-Amz-Target` or in `Action`; REST protocols mean it by
//! method and path. Services whose paths are the same are told apart by whom the request is signed for and
//! by the host name.

mod action;
mod faults;
mod rest;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use shape::{Fault, OperationModel, Protocol, ServiceModel};

use crate::codec::Incoming;
use action::action;
use faults::{invalid_action, unknown_operation};
use rest::RestRoutes;

/// What a request says of its service beside the operation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// The service in the scope of its signature; empty if it has none.
    pub signed_for: &'a str,
    /// The host that it came to, as in `sqs.us-east-1.amazonaws.com:443`; empty if it says none.
    pub host: &'a str,
    /// The service that its path belongs to, if nothing else names one; empty if there is none.
    pub path_of: &'a str,
}

/// The operation that a request is for.
#[derive(Clone, Copy, Debug)]
pub struct Routed<'a> {
    /// The service.
    pub service: &'static ServiceModel,
    /// The operation.
    pub operation: &'static OperationModel,
    /// The protocol that the request speaks.
    pub protocol: Protocol,
    /// What the host name has behind the service: a region.
    pub region: Option<&'a str>,
}

/// No operation was found.
#[derive(Clone, Debug)]
pub struct NotFound {
    /// The service and the protocol, if these could be told.
    pub speaks: Option<(&'static ServiceModel, Protocol)>,
    /// The error for the caller.
    pub fault: Fault,
}

/// The operations of all services.
pub struct RouteTable {
    entries: Vec<Entry>,
    by_target: HashMap<&'static str, usize>,
}

struct Entry {
    model: &'static ServiceModel,
    /// Whether requests that name no service may mean this one.
    is_served: bool,
    rest: Option<RestRoutes>,
}

const JSON_1_1: &str = "application/x-amz-json-1.1";
const CBOR_1_1: &str = "application/x-amz-cbor-1.1";

impl RouteTable {
    /// The operations of the services that are served, and of others that are only known.
    pub fn new(
        served: impl IntoIterator<Item = &'static ServiceModel>,
        known: impl IntoIterator<Item = &'static ServiceModel>,
    ) -> Self {
        let mut table = RouteTable { entries: Vec::new(), by_target: HashMap::new() };
        served.into_iter().for_each(|model| table.add(model, true));
        known.into_iter().for_each(|model| table.add(model, false));
        table
    }

    /// Adds a service, unless one of its name is there.
    fn add(&mut self, model: &'static ServiceModel, is_served: bool) {
        if self.entries.iter().any(|entry| entry.model.name == model.name) {
            return;
        }
        if !model.target_prefix.is_empty() {
            self.by_target.insert(model.target_prefix, self.entries.len());
        }
        let rest = RestRoutes::of(model);
        self.entries.push(Entry { model, is_served, rest });
    }

    /// Finds the operation that a request is for.
    ///
    /// # Errors
    /// There is none; the error says what the caller reads, and in which protocol.
    pub fn find<'a>(
        &self,
        request: &Incoming<'_>,
        hint: Hint<'a>,
    ) -> Result<Routed<'a>, Box<NotFound>> {
        if request.headers.get("smithy-protocol") == Some("rpc-v2-cbor") {
            return self.by_rpc_path(request.path, hint);
        }
        if let Some(target) = request.headers.get("x-amz-target") {
            return match target.rsplit_once('.') {
                Some((prefix, name)) => self.by_target(prefix, name, request, hint),
                None => Err(self.nothing_named(hint)),
            };
        }
        // Bodies of a service that speaks only REST are its own affair, whatever they look like.
        let is_rest = |entry: &Entry| entry.rest.is_some() && !entry.speaks_query();
        if !self.by_place(hint).is_some_and(is_rest)
            && let Some((action, version)) = action(request)
        {
            return self.by_action(&action, version.as_deref(), hint);
        }
        self.by_path(request, hint)
    }

    /// `/service/<prefix>/operation/<name>`, behind whatever prefix.
    fn by_rpc_path<'a>(&self, path: &str, hint: Hint<'a>) -> Result<Routed<'a>, Box<NotFound>> {
        let mut parts = path.rsplit('/');
        let name = parts.next().unwrap_or_default();
        let service = parts.nth(1).and_then(|prefix| self.by_target.get(prefix));
        let is_path = path.contains("/operation/");
        let entry = service.filter(|_| is_path).and_then(|found| self.entries.get(*found));
        let Some(entry) = entry else { return Err(unspoken(unknown_operation(name))) };
        entry.routed(name, Protocol::RpcV2Cbor, hint)
    }

    fn by_target<'a>(
        &self,
        prefix: &str,
        name: &str,
        request: &Incoming<'_>,
        hint: Hint<'a>,
    ) -> Result<Routed<'a>, Box<NotFound>> {
        let found = self.by_target.get(prefix).and_then(|found| self.entries.get(*found));
        let Some(entry) = found else { return Err(unspoken(unknown_operation(name))) };
        let content_type = request.headers.get("content-type").unwrap_or_default().trim();
        let is = |known: &str| {
            content_type.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known))
        };
        let protocol = if is(CBOR_1_1) {
            Protocol::AwsCbor11
        } else if is(JSON_1_1) {
            Protocol::AwsJson11
        } else {
            Protocol::AwsJson10
        };
        entry.routed(name, protocol, hint)
    }

    fn by_action<'a>(
        &self,
        action: &str,
        version: Option<&str>,
        hint: Hint<'a>,
    ) -> Result<Routed<'a>, Box<NotFound>> {
        let has_it = |entry: &&Entry| {
            entry.is_served && entry.speaks_query() && entry.model.operation(action).is_some()
        };
        let by_version = || {
            let mut entries = self.entries.iter().filter(has_it);
            entries.find(|entry| Some(entry.model.version) == version)
        };
        let by_name = || self.entries.iter().find(has_it);
        let found = self.by_place(hint).or_else(by_version).or_else(by_name);
        let Some(entry) = found else { return Err(unspoken(invalid_action(action))) };
        let is_ec2 = entry.model.protocols.contains(&Protocol::Ec2Query);
        let protocol = if is_ec2 { Protocol::Ec2Query } else { Protocol::AwsQuery };
        entry.routed(action, protocol, hint)
    }

    fn by_path<'a>(
        &self,
        request: &Incoming<'_>,
        hint: Hint<'a>,
    ) -> Result<Routed<'a>, Box<NotFound>> {
        let found =
            rest::find(self.entries.iter().filter(|entry| entry.may_be_meant(hint)), request);
        if let Some((entry, operation, protocol)) = found {
            let (service, region) = (entry.model, entry.region(hint.host));
            return Ok(Routed { service, operation, protocol, region });
        }
        match self.by_place(hint).and_then(|entry| Some((entry, entry.rest.as_ref()?))) {
            Some((entry, rest)) => {
                let what = [request.method, " ", request.path].concat();
                let fault = Fault { status: 404, ..unknown_operation(&what) };
                Err(Box::new(NotFound { speaks: Some((entry.model, rest.protocol)), fault }))
            }
            None => Err(self.nothing_named(hint)),
        }
    }

    /// The service that a request is for, whatever it wants there.
    fn by_place(&self, hint: Hint<'_>) -> Option<&Entry> {
        let find =
            |is_meant: &dyn Fn(&Entry) -> bool| self.entries.iter().find(|entry| is_meant(entry));
        find(&|entry| entry.is_signed_for(hint.signed_for))
            .or_else(|| find(&|entry| entry.label(hint.host).is_some()))
            .or_else(|| find(&|entry| entry.model.name == hint.path_of))
    }

    fn nothing_named(&self, hint: Hint<'_>) -> Box<NotFound> {
        let fault = Fault::common(
            "MissingAction",
            400,
            "The request names no operation: neither X-Amz-Target nor Action is there.",
        );
        let speaks = self.by_place(hint).map(|entry| {
            let first = entry.model.protocols.first().copied();
            let query = entry.speaks_query().then_some(Protocol::AwsQuery);
            (entry.model, query.or(first).unwrap_or(Protocol::AwsQuery))
        });
        Box::new(NotFound { speaks, fault })
    }
}

impl Entry {
    fn speaks_query(&self) -> bool {
        let query = [Protocol::AwsQuery, Protocol::Ec2Query];
        query.iter().any(|protocol| self.model.protocols.contains(protocol))
    }

    /// Whether the service speaks a protocol. The two versions of JSON differ in nothing that matters:
    /// either is understood.
    fn speaks(&self, protocol: Protocol) -> bool {
        let is_json = |p: &Protocol| matches!(p, Protocol::AwsJson10 | Protocol::AwsJson11);
        self.model.protocols.contains(&protocol)
            || is_json(&protocol) && self.model.protocols.iter().any(is_json)
    }

    fn is_signed_for(&self, name: &str) -> bool {
        !name.is_empty() && (self.model.signing_name == name || self.model.name == name)
    }

    /// Whether a request without an operation's name may mean this service. Who names a service means that;
    /// one that is not served must be named.
    fn may_be_meant(&self, hint: Hint<'_>) -> bool {
        if !hint.signed_for.is_empty() {
            return self.is_signed_for(hint.signed_for);
        }
        self.is_served || self.label(hint.host).is_some()
    }

    /// The place of the service's name in a host name: `sqs.us-east-1…`, `sync-states.us-east-1…`,
    /// `bucket.s3.us-east-1…`.
    fn label(&self, host: &str) -> Option<usize> {
        let prefix = self.model.endpoint_prefix;
        let is_it = |label: &str| {
            let behind = label.strip_suffix(prefix).filter(|_| !prefix.is_empty());
            label == self.model.name
                || behind.is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
        };
        host.split([':', '.']).take(MOST_LABELS).position(is_it)
    }

    fn region<'a>(&self, host: &'a str) -> Option<&'a str> {
        host.split([':', '.']).nth(self.label(host)? + 1)
    }

    fn routed<'a>(
        &self,
        name: &str,
        protocol: Protocol,
        hint: Hint<'a>,
    ) -> Result<Routed<'a>, Box<NotFound>> {
        let (service, region) = (self.model, self.region(hint.host));
        let unknown = match protocol {
            Protocol::AwsQuery | Protocol::Ec2Query => invalid_action,
            _ => unknown_operation,
        };
        if !self.speaks(protocol) {
            return Err(unspoken(unknown_operation(name)));
        }
        match service.operation(name) {
            Some(operation) => Ok(Routed { service, operation, protocol, region }),
            None => {
                Err(Box::new(NotFound { speaks: Some((service, protocol)), fault: unknown(name) }))
            }
        }
    }
}

/// The service's name is among the first labels of a host: behind a prefix, a bucket or an API's id.
const MOST_LABELS: usize = 3;

fn unspoken(fault: Fault) -> Box<NotFound> {
    Box::new(NotFound { speaks: None, fault })
}
