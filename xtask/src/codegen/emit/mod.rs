//! The generated files of a service, as text that `rustfmt` will make readable.

mod codecs;
mod errors;
mod model;
mod operations;
mod schemas;
mod types;

use anyhow::Result;

use super::service::Service;

/// All files of a service, by name.
pub(super) fn service(service: &Service) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("mod.rs", model::file(service)),
        ("operations.rs", operations::file(service)),
        ("types.rs", types::file(service)?),
        ("codecs.rs", codecs::file(service)?),
        ("schemas.rs", schemas::file(service)?),
        ("errors.rs", errors::file(service)),
    ])
}

/// The name of an operation's input or output: its shape, else an empty structure of its own.
fn shape_name(shape: Option<&str>, operation: &str, suffix: &str) -> String {
    shape.map_or_else(|| format!("{operation}{suffix}"), str::to_owned)
}

/// The empty structures of operations without an input or an output.
fn empty_structures(service: &Service) -> Vec<String> {
    let mut names = Vec::new();
    for (name, operation) in &service.model.operations {
        for (shape, suffix) in [(&operation.input, "Input"), (&operation.output, "Output")] {
            if shape.is_none() {
                names.push(shape_name(None, name, suffix));
            }
        }
    }
    names
}
