//! Every operation that is known is found, whether it is served or not.

use bytes::Bytes;
use shape::{OperationModel, Protocol, ServiceModel};
use wire::client::{Lines, Request};
use wire::{Hint, RouteTable};

/// A request as clients send it, with nothing in it.
fn request(protocol: Protocol, service: &ServiceModel, operation: &OperationModel) -> Request {
    let (path, query) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let labels = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    let target = format!("{}.{}", service.target_prefix, operation.name);
    let rpc = |content_type: &str| Request {
        method: "POST",
        path: "/".to_owned(),
        headers: Lines(vec![
            ("x-amz-target".to_owned(), target.clone()),
            ("content-type".to_owned(), content_type.to_owned()),
        ]),
        ..Request::default()
    };
    match protocol {
        Protocol::RestJson | Protocol::RestXml => Request {
            method: operation.method,
            path: labels.collect::<Vec<_>>().join("/"),
            query: query.to_owned(),
            ..Request::default()
        },
        Protocol::RpcV2Cbor => Request {
            path: format!("/service/{}/operation/{}", service.target_prefix, operation.name),
            headers: Lines(vec![("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned())]),
            ..rpc("")
        },
        Protocol::AwsQuery | Protocol::Ec2Query => {
            let body =
                Bytes::from(format!("Action={}&Version={}", operation.name, service.version));
            Request { headers: Lines::default(), body, ..rpc("") }
        }
        Protocol::AwsCbor11 => rpc("application/x-amz-cbor-1.1"),
        Protocol::AwsJson10 => rpc("application/x-amz-json-1.0"),
        Protocol::AwsJson11 => rpc("application/x-amz-json-1.1"),
    }
}

/// Whether two operations can only be told apart by members that the catalog does not have.
fn are_alike(one: &OperationModel, other: &OperationModel) -> bool {
    let shape = |uri: &str| {
        let part =
            |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
        uri.trim_end_matches('/').split('/').map(part).collect::<Vec<_>>().join("/")
    };
    one.method == other.method && shape(one.uri) == shape(other.uri)
}

#[test]
fn every_known_operation_is_found_in_every_protocol_of_its_service() {
    let served = [&api_sns::MODEL, &api_sqs::MODEL, &api_sts::MODEL];
    let table = RouteTable::new(served, catalog::SERVICES.iter().copied());
    let mut count = 0;
    for service in served.iter().chain(catalog::SERVICES) {
        for operation in service.operations {
            for &protocol in service.protocols {
                let host = format!("{}.us-east-1.amazonaws.com", service.endpoint_prefix);
                let hint = Hint { signed_for: service.signing_name, host: &host, path_of: "" };
                let request = request(protocol, service, operation);
                let found = table.find(&request.incoming(), hint);
                let found = found.unwrap_or_else(|error| panic!("{request:?}: {error:?}"));
                let name = format!("{} {} {protocol:?}", service.name, operation.name);
                assert_eq!(found.service.signing_name, service.signing_name, "{name}");
                let is_it = found.operation.name == operation.name;
                let is_like_it = matches!(protocol, Protocol::RestXml | Protocol::RestJson)
                    && are_alike(found.operation, operation);
                assert!(is_it || is_like_it, "{name} is not {}", found.operation.name);
                count += 1;
            }
        }
    }
    assert!(count > 1_400, "only {count} operations are known");
}
