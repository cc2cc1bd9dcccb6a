//! `Cargo.toml`: the crate of a service's API.

use super::super::service::Service;

pub(super) fn file(service: &Service) -> String {
    format!(
        "[package]
name = \"api-{}\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lib]
doctest = false

[lints]
workspace = true

[dependencies]
base.workspace = true
bytes.workspace = true
shape.workspace = true
",
        service.name
    )
}
