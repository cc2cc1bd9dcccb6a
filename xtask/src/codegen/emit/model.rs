//! `mod.rs`: the service.

use super::super::names::{quoted, upper};
use super::super::service::Service;

pub(super) fn file(service: &Service) -> String {
    let metadata = &service.model.metadata;
    let name = quoted(&service.name);
    let signing_name = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
    let protocols: Vec<String> =
        service.protocols.iter().map(|name| format!("Protocol::{name}")).collect();
    let operations = service.model.operations.keys();
    let operations: Vec<String> =
        operations.map(|name| format!("&operations::{}", upper(name))).collect();
    let errors: Vec<String> =
        service.errors().map(|(name, _)| format!("&errors::{}", upper(name))).collect();
    format!(
        "#![allow(missing_docs, clippy::single_match)]

        mod codecs;
        pub mod errors;
        pub mod operations;
        pub mod schemas;
        pub mod types;

        use shape::{{Protocol, ServiceModel}};

        pub static MODEL: ServiceModel = ServiceModel {{
            name: {name},
            signing_name: {},
            target_prefix: {},
            version: {},
            xml_namespace: {},
            protocols: &[{}],
            query_compatible: {},
            error_namespace: {},
            operations: &[{}],
            errors: &[{}],
        }};
        ",
        quoted(signing_name),
        quoted(metadata.target_prefix.as_deref().unwrap_or_default()),
        quoted(&metadata.api_version),
        quoted(metadata.xml_namespace.as_deref().unwrap_or_default()),
        protocols.join(", "),
        metadata.aws_query_compatible.is_some(),
        quoted(&format!("com.amazonaws.{}#", service.name)),
        operations.join(", "),
        errors.join(", "),
    )
}
