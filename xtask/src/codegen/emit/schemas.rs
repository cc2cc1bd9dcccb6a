//! The schemas and constraints that members refer to.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde_json::Number;

use super::super::model::{Kind, Reference, Shape};
use super::super::names::{quoted, type_name, upper};
use super::super::service::Service;

/// Lists and maps, and the texts and patterns that these and the structures use.
pub(super) fn shared(service: &Service, structures: &str) -> Result<String> {
    let mut collections = String::new();
    for (name, flattened) in &service.collections {
        collections.push_str(&collection(service, name, *flattened)?);
    }
    let used = [structures, &collections].concat();
    let (mut texts, mut patterns, mut seen) = (String::new(), String::new(), BTreeSet::new());
    for (name, shape) in &service.model.shapes {
        let constant = text_name(name);
        let is_textual = matches!(shape.kind, Kind::String | Kind::Character | Kind::Blob);
        if !is_textual || !mentions(&used, &constant) || !seen.insert(constant.clone()) {
            continue;
        }
        writeln!(texts, "    text {constant}: Text = {};", text(name, shape))?;
        if let Some(pattern) = &shape.pattern {
            writeln!(
                patterns,
                "    pattern {}: Pattern = {};",
                pattern_name(name),
                quoted(pattern)
            )?;
        }
    }
    Ok(collections + &texts + &patterns)
}

/// Whether generated code uses a name. (In quotes it is the name of a shape.)
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let part = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '"';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

/// What a value is and may be, as an expression.
pub(super) fn target(service: &Service, reference: &Reference, is_payload: bool) -> Result<String> {
    let shape = service.shape(&reference.shape)?;
    if shape.eventstream {
        return Ok(format!("Target::events::<{}>()", type_name(&reference.shape)));
    }
    let numeric = |kind: &str, any: &str| -> Result<String> {
        Ok(match number(&reference.shape, shape)? {
            None => any.to_owned(),
            Some(number) => format!("Target::{kind}({number})"),
        })
    };
    let textual = |kind: &str, any: &str| {
        if is_free(shape) {
            any.to_owned()
        } else {
            format!("Target::{kind}({})", text_name(&reference.shape))
        }
    };
    Ok(match shape.kind {
        Kind::Structure => format!("Target::of::<{}>()", type_name(&reference.shape)),
        Kind::List => format!("Target::List(&{})", collection_name(service, reference)?),
        Kind::Map => format!("Target::Map(&{})", collection_name(service, reference)?),
        Kind::String | Kind::Character => textual("String", "STRING"),
        Kind::Blob if service.streams(reference)? && is_payload => "Target::Stream".to_owned(),
        Kind::Blob => textual("Blob", "BLOB"),
        Kind::Boolean => "BOOLEAN".to_owned(),
        Kind::Integer => numeric("Integer", "INTEGER")?,
        Kind::Long => numeric("Long", "LONG")?,
        Kind::Float => numeric("Float", "FLOAT")?,
        Kind::Double => numeric("Double", "DOUBLE")?,
        Kind::Timestamp => match timestamp_format(service, reference)? {
            "Default" => "TIMESTAMP".to_owned(),
            format => format!("Target::Timestamp(TimestampFormat::{format})"),
        },
    })
}

/// The name of a list's or a map's schema where it is used.
fn collection_name(service: &Service, reference: &Reference) -> Result<String> {
    let flattened = service.flattened(reference)?;
    variant(service, &reference.shape, flattened)
}

/// How a timestamp is written where it is used.
fn timestamp_format(service: &Service, reference: &Reference) -> Result<&'static str> {
    let of_shape = service.shape(&reference.shape)?.traits.timestamp_format.as_deref();
    Ok(match reference.traits.timestamp_format.as_deref().or(of_shape) {
        None => "Default",
        Some("iso8601") => "Iso8601",
        Some("unixTimestamp") => "Unix",
        Some("rfc822") => "Rfc822",
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

fn collection(service: &Service, name: &str, flattened: bool) -> Result<String> {
    let shape = service.shape(name)?;
    let rust = variant(service, name, flattened)?;
    let (kind, mut value) = if let Some(member) = &shape.member {
        let mut value = format!("ListSchema::of({})", target(service, member, false)?);
        if let Some(wire_name) = service.location_name(member)?.filter(|name| *name != "member") {
            write!(value, ".named({})", quoted(wire_name))?;
        }
        ("ListSchema", value)
    } else {
        let key = shape.key.as_ref().with_context(|| format!("{name} has no keys"))?;
        let entry = shape.value.as_ref().with_context(|| format!("{name} has no values"))?;
        let key_shape = service.shape(&key.shape)?;
        let keys = if is_free(key_shape) { "Text::ANY".to_owned() } else { text_name(&key.shape) };
        let mut value = format!("MapSchema::of({keys}, {})", target(service, entry, false)?);
        let key_name = service.location_name(key)?.unwrap_or("key");
        let value_name = service.location_name(entry)?.unwrap_or("value");
        if (key_name, value_name) != ("key", "value") {
            write!(value, ".named({}, {})", quoted(key_name), quoted(value_name))?;
        }
        ("MapSchema", value)
    };
    if flattened {
        value.push_str(".flattened()");
    }
    if shape.min.is_some() || shape.max.is_some() {
        write!(value, ".length({}, {})", option(&shape.min), option(&shape.max))?;
    }
    Ok(format!("    shared {rust}: {kind} = {value};\n"))
}

/// The constraints of a number, if it has any.
fn number(name: &str, shape: &Shape) -> Result<Option<String>> {
    let (min, max) = (whole(name, &shape.min)?, whole(name, &shape.max)?);
    let is_bound = min != "None" || max != "None";
    Ok(is_bound.then(|| format!("Number::within({min}, {max})")))
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

/// Whether any text will do.
fn is_free(shape: &Shape) -> bool {
    shape.min.is_none() && shape.max.is_none() && shape.pattern.is_none() && shape.values.is_empty()
}

fn text_name(shape: &str) -> String {
    upper(shape) + "_TEXT"
}

fn pattern_name(shape: &str) -> String {
    upper(shape) + "_PATTERN"
}

fn text(name: &str, shape: &Shape) -> String {
    let values: Vec<String> = shape.values.iter().map(|value| quoted(value)).collect();
    let mut text = if shape.min.is_none() && shape.max.is_none() {
        "Text::ANY".to_owned()
    } else {
        format!("Text::length({}, {})", option(&shape.min), option(&shape.max))
    };
    if shape.pattern.is_some() {
        text += &format!(".like(&{})", pattern_name(name));
    }
    if !values.is_empty() {
        text += &format!(".one_of(&[{}])", values.join(", "));
    }
    text
}

fn option(limit: &Option<Number>) -> String {
    limit.as_ref().map_or_else(|| "None".to_owned(), |limit| format!("Some({limit})"))
}
