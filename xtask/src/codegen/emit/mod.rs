//! The generated files of a service: tables of the macros of `shape`, a line for each member.

mod catalog;
mod library;
mod manifest;
mod schemas;
mod structures;

use anyhow::Result;

use super::names::type_name;
use super::service::Service;

/// All files of a service's crate, by their path in it.
pub(super) fn service(service: &Service) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("Cargo.toml", manifest::file(service)),
        ("src/lib.rs", library::file(service)?),
        ("src/types.rs", structures::file(service)?),
    ])
}

pub(super) use catalog::file as catalog;

/// The name of an operation's input or output as a type: its shape, else an empty structure of its own.
fn shape_name(shape: Option<&str>, operation: &str, suffix: &str) -> String {
    shape.map_or_else(|| type_name(&format!("{operation}{suffix}")), type_name)
}

/// The empty structures of operations without an input or an output.
fn empty_structures(service: &Service) -> Vec<String> {
    let mut names = Vec::new();
    for (name, operation) in &service.model.operations {
        for (shape, suffix) in [(&operation.input, "Input"), (&operation.output, "Output")] {
            if shape.is_none() {
                names.push(format!("{name}{suffix}"));
            }
        }
    }
    names
}
