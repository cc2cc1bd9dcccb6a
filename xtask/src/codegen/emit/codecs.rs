//! `codecs.rs`: how the structures are read and written.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::super::model::{Kind, Reference};
use super::super::names::{field, type_name, upper};
use super::super::service::Service;
use super::empty_structures;
use super::schemas::{collection_name, timestamp_format};

pub(super) fn file(service: &Service) -> Result<String> {
    let mut text = String::new();
    for name in &service.structures {
        let (reads, writes) = members(service, name)?;
        text.push_str(&implementation(name, &reads, &writes));
    }
    for name in empty_structures(service) {
        text.push_str(&implementation(&name, "", ""));
    }
    let helpers = ["decode_list", "decode_map", "encode_list", "encode_map", "TimestampFormat"];
    let helpers: Vec<&str> = helpers.into_iter().filter(|name| text.contains(name)).collect();
    Ok(format!(
        "use shape::{{{}}};

        use super::schemas;
        use super::types::*;
        {text}",
        [&["Decode", "Encode", "Malformed", "Reader", "Schema", "Writer"], &helpers[..]]
            .concat()
            .join(", "),
    ))
}

/// What reads and what writes the members of a structure.
fn members(service: &Service, name: &str) -> Result<(String, String)> {
    let shape = service.shape(name)?;
    let (mut reads, mut writes) = (String::new(), String::new());
    for (index, (member, reference)) in shape.members.0.iter().enumerate() {
        let field = field(member);
        let mut value = format!("{}?", read(service, reference)?);
        if service.boxed(name, member) {
            value = format!("Box::new({value})");
        }
        if shape.required.contains(member) {
            writeln!(reads, "{index} => value.{field} = {value},")?;
            let write = write(service, reference, Place::Field(&field))?;
            writeln!(writes, "writer.member(&members[{index}]); {write};")?;
        } else {
            writeln!(reads, "{index} => value.{field} = Some({value}),")?;
            let write = write(service, reference, Place::Borrowed)?;
            writeln!(
                writes,
                "if let Some(value) = &self.{field} {{ writer.member(&members[{index}]); {write}; }}"
            )?;
        }
    }
    Ok((reads, writes))
}

fn implementation(name: &str, reads: &str, writes: &str) -> String {
    let (rust, schema) = (type_name(name), upper(name));
    let decode = if reads.is_empty() {
        "reader.structure(Self::SCHEMA, &mut |_, _| Ok(()))?; Ok(Self::default())".to_owned()
    } else {
        format!(
            "let mut value = Self::default();
            reader.structure(Self::SCHEMA, &mut |index, reader| {{
                match index {{ {reads} _ => {{}} }}
                Ok(())
            }})?;
            Ok(value)"
        )
    };
    let encode = if writes.is_empty() {
        format!("writer.structure(&schemas::{schema}, &mut |_| {{}});")
    } else {
        format!(
            "let members = schemas::{schema}.members;
            writer.structure(&schemas::{schema}, &mut |writer| {{ {writes} }});"
        )
    };
    format!(
        "
        impl Decode for {rust} {{
            const SCHEMA: &'static Schema = &schemas::{schema};

            fn decode(reader: &mut dyn Reader) -> Result<Self, Malformed> {{ {decode} }}
        }}

        impl Encode for {rust} {{
            fn schema(&self) -> &'static Schema {{ &schemas::{schema} }}

            fn encode(&self, writer: &mut dyn Writer) {{ {encode} }}
        }}
        "
    )
}

/// An expression that reads a value.
fn read(service: &Service, reference: &Reference) -> Result<String> {
    let shape = service.shape(&reference.shape)?;
    let plain = |method: &str| format!("reader.{method}()");
    Ok(match shape.kind {
        Kind::Structure => format!("{}::decode(reader)", type_name(&reference.shape)),
        Kind::List | Kind::Map => {
            let (helper, item) = match shape.kind {
                Kind::List => ("decode_list", &shape.member),
                _ => ("decode_map", &shape.value),
            };
            let schema = collection_name(service, reference)?;
            let item = function(service, item.as_ref().context("an element")?)?;
            format!("{helper}(reader, &schemas::{schema}, {item})")
        }
        Kind::String | Kind::Character => plain("string"),
        Kind::Boolean => plain("boolean"),
        Kind::Integer => plain("integer"),
        Kind::Long => plain("long"),
        Kind::Float => plain("float"),
        Kind::Double => plain("double"),
        Kind::Blob => plain("blob"),
        Kind::Timestamp => {
            format!("reader.timestamp({})", timestamp_format(service, reference)?)
        }
    })
}

/// A function that reads a value.
fn function(service: &Service, reference: &Reference) -> Result<String> {
    if service.shape(&reference.shape)?.kind == Kind::Structure {
        return Ok(format!("{}::decode", type_name(&reference.shape)));
    }
    Ok(format!("|reader| {}", read(service, reference)?))
}

/// Where a value to write is.
#[derive(Clone, Copy)]
enum Place<'p> {
    /// A field of `self`.
    Field(&'p str),
    /// Behind the reference `value`.
    Borrowed,
}

impl Place<'_> {
    fn borrowed(self) -> String {
        match self {
            Place::Field(name) => format!("&self.{name}"),
            Place::Borrowed => "value".to_owned(),
        }
    }

    fn copied(self) -> String {
        match self {
            Place::Field(name) => format!("self.{name}"),
            Place::Borrowed => "*value".to_owned(),
        }
    }

    fn itself(self) -> String {
        match self {
            Place::Field(name) => format!("self.{name}"),
            Place::Borrowed => "value".to_owned(),
        }
    }
}

/// An expression that writes a value.
fn write(service: &Service, reference: &Reference, place: Place) -> Result<String> {
    let shape = service.shape(&reference.shape)?;
    let copied = |method: &str| format!("writer.{method}({})", place.copied());
    let borrowed = |method: &str| format!("writer.{method}({})", place.borrowed());
    Ok(match shape.kind {
        Kind::Structure => format!("{}.encode(writer)", place.itself()),
        Kind::List | Kind::Map => {
            let (helper, item) = match shape.kind {
                Kind::List => ("encode_list", &shape.member),
                _ => ("encode_map", &shape.value),
            };
            let schema = collection_name(service, reference)?;
            let item = write(service, item.as_ref().context("an element")?, Place::Borrowed)?;
            let values = place.borrowed();
            format!("{helper}(writer, &schemas::{schema}, {values}, |value, writer| {item})")
        }
        Kind::String | Kind::Character => borrowed("string"),
        Kind::Blob => borrowed("blob"),
        Kind::Boolean => copied("boolean"),
        Kind::Integer => copied("integer"),
        Kind::Long => copied("long"),
        Kind::Float => copied("float"),
        Kind::Double => copied("double"),
        Kind::Timestamp => {
            let format = timestamp_format(service, reference)?;
            format!("writer.timestamp({}, {format})", place.copied())
        }
    })
}
