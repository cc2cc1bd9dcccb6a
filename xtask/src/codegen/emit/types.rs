//! `types.rs`: the structures.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::super::model::{Kind, Reference};
use super::super::names::{field, type_name};
use super::super::service::Service;
use super::empty_structures;

pub(super) fn file(service: &Service) -> Result<String> {
    let mut text = String::new();
    for name in &service.structures {
        text.push_str(&structure(service, name)?);
    }
    for name in empty_structures(service) {
        text.push_str(&declared(&name, ""));
    }
    let uses = [
        ("BTreeMap<", "use std::collections::BTreeMap;\n"),
        ("Timestamp", "use base::Timestamp;\n"),
        ("Bytes", "use bytes::Bytes;\n"),
    ];
    let uses = uses.iter().filter(|(word, _)| text.contains(word)).map(|(_, line)| *line);
    Ok(uses.collect::<String>() + &text)
}

fn structure(service: &Service, name: &str) -> Result<String> {
    let shape = service.shape(name)?;
    let mut fields = String::new();
    for (member, reference) in &shape.members.0 {
        let mut rust = rust_type(service, reference)?;
        if service.boxed(name, member) {
            rust = format!("Box<{rust}>");
        }
        if !shape.required.contains(member) {
            rust = format!("Option<{rust}>");
        }
        writeln!(fields, "pub {}: {rust},", field(member))?;
    }
    Ok(declared(name, &fields))
}

fn declared(name: &str, fields: &str) -> String {
    let rust = type_name(name);
    format!("\n#[derive(Clone, Debug, Default, PartialEq)]\npub struct {rust} {{\n{fields}}}\n")
}

fn rust_type(service: &Service, reference: &Reference) -> Result<String> {
    let shape = service.shape(&reference.shape)?;
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
        Kind::Blob => "Bytes".to_owned(),
        Kind::Timestamp => "Timestamp".to_owned(),
    })
}
