//! Operations that are meant by method and path.

use std::cmp::Reverse;

use shape::{Location, OperationModel, Protocol, ServiceModel};

use super::Entry;
use crate::codec::Incoming;
use crate::rest::template::{Part, constants, labels, parts};

/// The operations of a REST service, in the order in which they are tried.
pub(super) struct RestRoutes {
    pub(super) protocol: Protocol,
    routes: Vec<&'static OperationModel>,
}

/// The rank of an operation: a constant part of the path is tried before a label, that before a greedy label;
/// more constant query parameters before fewer; more required members outside of the body before fewer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank(Vec<u8>, Reverse<usize>, Reverse<usize>);

impl RestRoutes {
    /// Those of a service that speaks a REST protocol.
    pub(super) fn of(model: &'static ServiceModel) -> Option<Self> {
        let is_rest = |p: &&Protocol| matches!(p, Protocol::RestJson | Protocol::RestXml);
        let protocol = *model.protocols.iter().find(is_rest)?;
        let mut routes = model.operations.to_vec();
        routes.sort_by_key(|operation| rank(operation));
        Some(RestRoutes { protocol, routes })
    }

    /// The operation that a request means. One whose required parameters are not all there is only meant if
    /// no other is.
    fn find(&self, request: &Incoming<'_>) -> Option<&'static OperationModel> {
        let mut fitting = self.routes.iter().filter(|operation| fits(operation, request));
        let first = *fitting.next()?;
        if is_complete(first, request) {
            return Some(first);
        }
        let constants_of_first = constants(first.uri).count();
        let same = fitting.filter(|other| constants(other.uri).count() == constants_of_first);
        let complete = same.into_iter().find(|other| is_complete(other, request));
        Some(complete.copied().unwrap_or(first))
    }
}

/// The operation that a request means to any of these services; of several the most specific.
pub(super) fn find<'t>(
    entries: impl Iterator<Item = &'t Entry>,
    request: &Incoming<'_>,
) -> Option<(&'t Entry, &'static OperationModel, Protocol)> {
    let found = entries.filter_map(|entry| {
        let rest = entry.rest.as_ref()?;
        Some((entry, rest.find(request)?, rest.protocol))
    });
    found.min_by_key(|(_, operation, _)| rank(operation))
}

fn rank(operation: &OperationModel) -> Rank {
    let kinds = parts(operation.uri).map(|part| match part {
        Part::Literal(_) => 0,
        Part::Label(_) => 1,
        Part::Greedy(_) => 2,
    });
    let required = required(operation).count();
    Rank(kinds.collect(), Reverse(constants(operation.uri).count()), Reverse(required))
}

fn fits(operation: &OperationModel, request: &Incoming<'_>) -> bool {
    operation.method == request.method
        && constants(operation.uri).all(|(name, value)| has(request.query, name, Some(value)))
        && labels(operation.uri, request.path).is_some()
}

/// The members of an operation's input that must be in the query string or in a header.
fn required(operation: &OperationModel) -> impl Iterator<Item = (Location, &'static str)> {
    let members = operation.input.into_iter().flat_map(|input| input.members);
    let outside = [Location::Query, Location::Header];
    let required = members.filter(move |m| m.required && outside.contains(&m.location));
    required.map(|member| (member.location, member.wire_name))
}

fn is_complete(operation: &OperationModel, request: &Incoming<'_>) -> bool {
    required(operation).all(|(location, name)| match location {
        Location::Header => request.headers.get(name).is_some(),
        _ => has(request.query, name, None),
    })
}

/// Whether a query string has a parameter, with this value if one is wanted. A constant without a value must
/// have none.
fn has(query: &str, name: &str, value: Option<&str>) -> bool {
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.any(|(found, given)| found == name && value.is_none_or(|value| value == given))
}
