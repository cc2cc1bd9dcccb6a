//! `src/types.rs`: the structures, and what their schemas share.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::super::model::{Kind, Reference, Shape};
use super::super::names::{field, quoted, type_name};
use super::super::service::Service;
use super::{empty_structures, schemas};

pub(super) fn file(service: &Service) -> Result<String> {
    let mut structures = String::new();
    for name in &service.structures {
        structures.push_str(&structure(service, name)?);
    }
    for name in empty_structures(service) {
        writeln!(structures, "    {} {} {{}}", type_name(&name), quoted(&name))?;
    }
    let shared = schemas::shared(service, &structures)?;
    let shared = if shared.is_empty() {
        String::new()
    } else {
        format!("\nshape::schemas! {{\n{shared}}}\n")
    };
    let text = format!("shape::structures! {{\n{structures}}}\n{shared}");
    Ok(uses(&text) + &text)
}

/// What the tables refer to. The words stand between quotes too, where they are names of shapes.
fn uses(text: &str) -> String {
    let mut uses = String::new();
    for (word, line) in [
        ("BTreeMap", "use std::collections::BTreeMap;\n\n"),
        ("Timestamp", "use base::Timestamp;\n"),
        ("Bytes", "use bytes::Bytes;\n"),
    ] {
        if schemas::mentions(text, word) {
            uses.push_str(line);
        }
    }
    let constants =
        ["BLOB", "BOOLEAN", "DOUBLE", "FLOAT", "INTEGER", "LONG", "STRING", "TIMESTAMP"];
    let constants: Vec<&str> =
        constants.into_iter().filter(|name| schemas::mentions(text, name)).collect();
    if !constants.is_empty() {
        uses += &format!("use shape::constants::{{{}}};\n", constants.join(", "));
    }
    let names = [
        "ByteStream",
        "Events",
        "ListSchema",
        "Location",
        "MapSchema",
        "Member",
        "Number",
        "Target",
        "Text",
        "TimestampFormat",
    ];
    let names: Vec<&str> = names.into_iter().filter(|name| schemas::mentions(text, name)).collect();
    if !names.is_empty() {
        uses += &format!("use shape::{{{}}};\n", names.join(", "));
    }
    uses + "\n"
}

fn structure(service: &Service, name: &str) -> Result<String> {
    let shape = service.shape(name)?;
    let mut text = format!("    {} {}", type_name(name), quoted(name));
    if let Some(xml_name) = &shape.traits.location_name {
        write!(text, " {}", quoted(xml_name))?;
    }
    text.push_str(" {\n");
    for (index, (member, reference)) in service.members(shape)?.into_iter().enumerate() {
        let mut rust = rust_type(service, reference)?;
        if service.boxed(name, member) {
            rust = format!("Box<{rust}>");
        }
        if !shape.required.contains(member) {
            rust = format!("Option<{rust}>");
        }
        let value = member_value(service, shape, member, reference)?;
        writeln!(text, "        {index} {}: {rust} = {value};", field(member))?;
    }
    Ok(text + "    }\n")
}

fn member_value(
    service: &Service,
    shape: &Shape,
    name: &str,
    reference: &Reference,
) -> Result<String> {
    let is_payload = shape.payload.as_deref() == Some(name);
    let target = schemas::target(service, reference, is_payload)?;
    let mut text = format!("Member::new({}, {target})", quoted(name));
    let wire_name = service.wire_name(name, reference)?;
    if wire_name != name {
        write!(text, ".named({})", quoted(wire_name))?;
    }
    if shape.required.iter().any(|required| required == name) {
        text.push_str(".required()");
    }
    let location = location(shape, name, reference)?;
    if location != "Body" {
        write!(text, ".at(Location::{location})")?;
    }
    for (is_set, method) in [
        (reference.xml_attribute, "attribute"),
        (reference.idempotency_token, "idempotency_token"),
        (reference.host_label, "host_label"),
    ] {
        if is_set {
            write!(text, ".{method}()")?;
        }
    }
    let inherited = service.shape(&reference.shape)?.traits.xml_namespace.as_ref();
    if let Some(namespace) = reference.traits.xml_namespace.as_ref().or(inherited) {
        let prefix = namespace.prefix.as_deref().unwrap_or_default();
        write!(text, ".namespace({}, {})", quoted(prefix), quoted(&namespace.uri))?;
    }
    Ok(text)
}

fn location(shape: &Shape, member: &str, reference: &Reference) -> Result<&'static str> {
    if shape.payload.as_deref() == Some(member) || reference.event_payload {
        return Ok("Payload");
    }
    if reference.event_header {
        return Ok("Header");
    }
    Ok(match reference.location.as_deref() {
        None => "Body",
        Some("header") => "Header",
        Some("headers") => "Headers",
        Some("querystring") => "Query",
        Some("uri") => "Uri",
        Some("statusCode") => "StatusCode",
        Some(other) => bail!("no member is in the {other}"),
    })
}

fn rust_type(service: &Service, reference: &Reference) -> Result<String> {
    let shape = service.shape(&reference.shape)?;
    if shape.eventstream {
        return Ok(format!("Events<{}>", type_name(&reference.shape)));
    }
    Ok(match shape.kind {
        Kind::Structure => type_name(&reference.shape),
        Kind::List => {
            format!("Vec<{}>", rust_type(service, shape.member.as_ref().context("list")?)?)
        }
        Kind::Map => {
            let value = rust_type(service, shape.value.as_ref().context("map")?)?;
            format!("BTreeMap<String, {value}>")
        }
        Kind::String | Kind::Character => "String".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "i32".to_owned(),
        Kind::Long => "i64".to_owned(),
        Kind::Float => "f32".to_owned(),
        Kind::Double => "f64".to_owned(),
        Kind::Blob if service.streams(reference)? => "ByteStream".to_owned(),
        Kind::Blob => "Bytes".to_owned(),
        Kind::Timestamp => "Timestamp".to_owned(),
    })
}
