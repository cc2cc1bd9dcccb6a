//! `schemas.rs`: names, places and constraints of everything that operations use.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde_json::Number;

use super::super::model::{Kind, Reference, Shape};
use super::super::names::{quoted, upper};
use super::super::service::Service;
use super::empty_structures;

pub(super) fn file(service: &Service) -> Result<String> {
    let mut text = String::new();
    for name in &service.structures {
        text.push_str(&structure(service, name)?);
    }
    for name in empty_structures(service) {
        text.push_str(&schema(&name, ""));
    }
    for (name, flattened) in &service.collections {
        text.push_str(&collection(service, name, *flattened)?);
    }
    for (name, shape) in &service.model.shapes {
        let used = text.contains(&format!("&{}_PATTERN)", upper(name)));
        if let Some(pattern) = shape.pattern.as_ref().filter(|_| used) {
            let source = quoted(pattern);
            writeln!(text, "\nstatic {}_PATTERN: Pattern = Pattern::new({source});", upper(name))?;
        }
    }
    let names = [
        "ListSchema",
        "Location",
        "MapSchema",
        "Member",
        "Number",
        "Pattern",
        "Schema",
        "Target",
        "Text",
        "TimestampFormat",
    ];
    let used: Vec<&str> = names.into_iter().filter(|name| mentions(&text, name)).collect();
    Ok(format!("use shape::{{{}}};\n{text}", used.join(", ")))
}

/// Whether generated code uses a name. (In quotes it is the name of a shape.)
fn mentions(text: &str, name: &str) -> bool {
    let part = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '"';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

/// The name of a list's or a map's schema where it is used.
pub(super) fn collection_name(service: &Service, reference: &Reference) -> Result<String> {
    let flattened = service.flattened(reference)?;
    variant(service, &reference.shape, flattened)
}

/// How a timestamp is written where it is used.
pub(super) fn timestamp_format(service: &Service, reference: &Reference) -> Result<&'static str> {
    let of_shape = service.shape(&reference.shape)?.traits.timestamp_format.as_deref();
    Ok(match reference.traits.timestamp_format.as_deref().or(of_shape) {
        None => "TimestampFormat::Default",
        Some("iso8601") => "TimestampFormat::Iso8601",
        Some("unixTimestamp") => "TimestampFormat::Unix",
        Some("rfc822") => "TimestampFormat::Rfc822",
        Some(other) => bail!("no timestamp is written as {other}"),
    })
}

fn variant(service: &Service, name: &str, flattened: bool) -> Result<String> {
    let usual = service.shape(name)?.traits.flattened.unwrap_or(false);
    let suffix = match (usual, flattened) {
        (false, true) => "_FLATTENED",
        (true, false) => "_WRAPPED",
        _ => "",
    };
    Ok(upper(name) + suffix)
}

fn schema(name: &str, members: &str) -> String {
    format!(
        "\npub static {}: Schema = Schema {{ name: {}, members: &[{members}] }};\n",
        upper(name),
        quoted(name)
    )
}

fn structure(service: &Service, name: &str) -> Result<String> {
    let shape = service.shape(name)?;
    let mut members = String::new();
    for (member, reference) in &shape.members.0 {
        write!(
            members,
            "Member {{ name: {}, wire_name: {}, location: Location::{}, required: {}, target: {} }},",
            quoted(member),
            quoted(service.wire_name(member, reference)?),
            location(shape, member, reference)?,
            shape.required.contains(member),
            target(service, reference)?,
        )?;
    }
    Ok(schema(name, &members))
}

fn location(shape: &Shape, member: &str, reference: &Reference) -> Result<&'static str> {
    if shape.payload.as_deref() == Some(member) {
        return Ok("Payload");
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

fn collection(service: &Service, name: &str, flattened: bool) -> Result<String> {
    let shape = service.shape(name)?;
    let rust = variant(service, name, flattened)?;
    let length = format!("({}, {})", option(&shape.min), option(&shape.max));
    if let Some(member) = &shape.member {
        let wire_name = service.location_name(member)?.unwrap_or("member");
        return Ok(format!(
            "\npub static {rust}: ListSchema = ListSchema {{ member: {}, wire_name: {}, flattened: {flattened}, length: {length} }};\n",
            target(service, member)?,
            quoted(wire_name),
        ));
    }
    let key = shape.key.as_ref().with_context(|| format!("{name} has no keys"))?;
    let value = shape.value.as_ref().with_context(|| format!("{name} has no values"))?;
    Ok(format!(
        "\npub static {rust}: MapSchema = MapSchema {{ key: {}, value: {}, key_name: {}, value_name: {}, flattened: {flattened}, length: {length} }};\n",
        text(&key.shape, service.shape(&key.shape)?),
        target(service, value)?,
        quoted(service.location_name(key)?.unwrap_or("key")),
        quoted(service.location_name(value)?.unwrap_or("value")),
    ))
}

fn target(service: &Service, reference: &Reference) -> Result<String> {
    let shape = service.shape(&reference.shape)?;
    let numeric = |kind: &str| -> Result<String> {
        Ok(format!("Target::{kind}({})", number(&reference.shape, shape)?))
    };
    let textual = |kind: &str| format!("Target::{kind}({})", text(&reference.shape, shape));
    Ok(match shape.kind {
        Kind::Structure => format!("Target::Structure(|| &{})", upper(&reference.shape)),
        Kind::List => format!("Target::List(&{})", collection_name(service, reference)?),
        Kind::Map => format!("Target::Map(&{})", collection_name(service, reference)?),
        Kind::String | Kind::Character => textual("String"),
        Kind::Blob => textual("Blob"),
        Kind::Boolean => "Target::Boolean".to_owned(),
        Kind::Integer => numeric("Integer")?,
        Kind::Long => numeric("Long")?,
        Kind::Float => numeric("Float")?,
        Kind::Double => numeric("Double")?,
        Kind::Timestamp => format!("Target::Timestamp({})", timestamp_format(service, reference)?),
    })
}

fn number(name: &str, shape: &Shape) -> Result<String> {
    let (min, max) = (whole(name, &shape.min)?, whole(name, &shape.max)?);
    if min == "None" && max == "None" {
        return Ok("Number::ANY".to_owned());
    }
    Ok(format!("Number {{ min: {min}, max: {max} }}"))
}

/// A limit of a number. (Those of doubles are written as `1.0`.)
fn whole(name: &str, limit: &Option<Number>) -> Result<String> {
    let Some(limit) = limit else { return Ok("None".to_owned()) };
    let text = limit.to_string();
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let number: i64 =
        text.parse().with_context(|| format!("{name} has {limit} as a limit, no whole number"))?;
    Ok(format!("Some({number})"))
}

fn text(name: &str, shape: &Shape) -> String {
    let values: Vec<String> = shape.values.iter().map(|value| quoted(value)).collect();
    let pattern = shape.pattern.as_ref().map(|_| format!("&{}_PATTERN", upper(name)));
    if shape.min.is_none() && shape.max.is_none() && pattern.is_none() && values.is_empty() {
        return "Text::ANY".to_owned();
    }
    format!(
        "Text {{ min: {}, max: {}, pattern: {}, values: &[{}] }}",
        option(&shape.min),
        option(&shape.max),
        pattern.map_or_else(|| "None".to_owned(), |pattern| format!("Some({pattern})")),
        values.join(", "),
    )
}

fn option(limit: &Option<Number>) -> String {
    limit.as_ref().map_or_else(|| "None".to_owned(), |limit| format!("Some({limit})"))
}
