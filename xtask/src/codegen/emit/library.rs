//! `src/lib.rs`: the service, its operations and its errors.

use std::fmt::Write as _;

use anyhow::Result;

use super::super::model::{Operation, Reference, Shape};
use super::super::names::{quoted, type_name, upper};
use super::super::service::Service;
use super::shape_name;

pub(super) fn file(service: &Service) -> Result<String> {
    let (mut operations, mut errors) = (String::new(), String::new());
    for (name, found) in &service.model.operations {
        operations.push_str(&operation(service, name, found)?);
    }
    for (name, shape) in service.errors() {
        errors.push_str(&error(service, name, shape)?);
    }
    let operation_names = service.model.operations.keys();
    let operation_names: Vec<String> =
        operation_names.map(|name| format!("&operations::{}", upper(name))).collect();
    let error_names: Vec<String> =
        service.errors().map(|(name, _)| format!("&errors::{}", upper(name))).collect();
    let errors_field = format!("errors: &[{}],", error_names.join(", "));
    let model = model(service, &operation_names, &errors_field);
    let uses = if errors.is_empty() { "" } else { "use shape::ErrorModel;" };
    let macros = macros(service);
    Ok(format!(
        "//! The API of {name}: its model, operations, errors and types.

#![allow(missing_docs)]

pub mod types;

use shape::{{Protocol, ServiceModel}};

pub static MODEL: ServiceModel = {model};

/// A type for each operation, and its model.
pub mod operations {{
use shape::{{Decode, OperationModel}};

use super::types;

shape::operations! {{
{operations}}}
}}

/// The errors of the model.
pub mod errors {{
{uses}

shape::errors! {{
{errors}}}
}}
{macros}",
        name = service.name,
    ))
}

/// The model of a service as an expression; `rest` is its last fields.
pub(super) fn model(service: &Service, operations: &[String], rest: &str) -> String {
    let metadata = &service.model.metadata;
    let signing_name = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
    let protocols: Vec<String> =
        service.protocols.iter().map(|name| format!("Protocol::{name}")).collect();
    format!(
        "ServiceModel {{
            name: {},
            signing_name: {},
            endpoint_prefix: {},
            target_prefix: {},
            version: {},
            xml_namespace: {},
            protocols: &[{}],
            query_compatible: {},
            error_namespace: {},
            operations: &[{}],
            {rest}
        }}",
        quoted(&service.name),
        quoted(signing_name),
        quoted(&metadata.endpoint_prefix),
        quoted(metadata.target_prefix.as_deref().unwrap_or_default()),
        quoted(&metadata.api_version),
        quoted(metadata.xml_namespace.as_deref().unwrap_or_default()),
        protocols.join(", "),
        metadata.aws_query_compatible.is_some(),
        quoted(&format!("com.amazonaws.{}#", service.name)),
        operations.join(", "),
    )
}

/// An operation without its shapes, as an expression.
pub(super) fn catalogued(name: &str, operation: &Operation) -> String {
    let mut text = format!("OperationModel::new({})", quoted(name));
    let http = &operation.http;
    if (http.method.as_str(), http.request_uri.as_str()) != ("POST", "/") {
        text += &format!(".http({}, {})", quoted(&http.method), quoted(&http.request_uri));
    }
    if let Some(status) = http.response_code.filter(|&status| status != 200) {
        text += &format!(".status({status})");
    }
    if let Some(endpoint) = &operation.endpoint {
        text += &format!(".host_prefix({})", quoted(&endpoint.host_prefix));
    }
    text
}

fn operation<'m>(service: &Service, name: &str, operation: &'m Operation) -> Result<String> {
    let shape = |reference: &'m Option<Reference>| Some(reference.as_ref()?.shape.as_str());
    let input = shape_name(shape(&operation.input), name, "Input");
    let output = shape_name(shape(&operation.output), name, "Output");
    let mut value = catalogued(name, operation);
    if operation.input.is_some() {
        write!(value, ".takes(types::{input}::SCHEMA)")?;
    }
    if operation.output.is_some() {
        write!(value, ".gives(types::{output}::SCHEMA)")?;
    }
    if let Some(wrapper) = service.result_wrapper(name, operation) {
        write!(value, ".wrapped({})", quoted(&wrapper))?;
    }
    Ok(format!("    {} {}({input}) -> {output} = {value};\n", upper(name), type_name(name)))
}

fn error(service: &Service, name: &str, shape: &Shape) -> Result<String> {
    let given = shape.error.as_ref();
    let sender = given.and_then(|error| error.sender_fault).unwrap_or(!shape.fault);
    let code = given.and_then(|error| error.code.as_deref()).unwrap_or(name);
    let default = if sender { 400 } else { 500 };
    let status = given.and_then(|error| error.http_status_code).unwrap_or(default);
    let mut value = format!("ErrorModel::new({}, {status})", quoted(name));
    if code != name {
        write!(value, ".code({})", quoted(code))?;
    }
    if !sender {
        value.push_str(".receiver()");
    }
    let message = service.message_name(shape)?.unwrap_or("message");
    if message != "message" {
        write!(value, ".message({})", quoted(message))?;
    }
    Ok(format!("    {} = {value};\n", upper(name)))
}

/// A macro that names every operation and every error with members, for tests that try them all.
fn macros(service: &Service) -> String {
    let operations: Vec<String> =
        service.model.operations.keys().map(|name| type_name(name)).collect();
    let errors: Vec<String> = service
        .structures
        .iter()
        .filter(|name| service.model.shapes.get(*name).is_some_and(|shape| shape.exception))
        .map(|name| type_name(name))
        .collect();
    format!(
        "
/// Calls a macro with the crate, all operations and all errors that have members.
#[macro_export]
macro_rules! each {{
    ($call:ident) => {{ $call! {{ $crate; {}; {} }} }};
}}
",
        operations.join(" "),
        errors.join(" "),
    )
}
