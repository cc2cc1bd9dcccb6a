//! The APIs of all services that are known, as crates under `target/`, with tests that write and read every
//! shape in every protocol of its service.
//!
//! They are a workspace of their own: who builds the program does not build them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::model::Botocore;
use super::{SERVICES, emit, files, service};
use crate::python::Environment;

const TEST: &str = r#"//! Every shape of NAME in every protocol that it speaks.

use conformance::check_each;

#[test]
fn inputs_outputs_and_errors_survive_every_protocol() {
    let (check, survive) = api_NAME::each!(check_each);
    (0..SEEDS).for_each(check);
    for bytes in [&b""[..], b"{", b"{\"a\":[", b"<a><b>", b"\xBF\x61a\x9F", b"a.1=b&a.1.c=d", b"\xFF\x00"] {
        survive(bytes);
    }
}

/// How many values of each shape are tried.
const SEEDS: u64 = 12;
"#;

/// Writes the workspace; answers its folder.
pub(crate) fn write() -> Result<PathBuf> {
    let botocore = Botocore::of(Environment::Current)?;
    let folder = crate::root().join("target/models");
    let mut dependencies = String::new();
    for known in SERVICES {
        let service = service(&botocore, known).with_context(|| known.name)?;
        for (file, text) in emit::service(&service)? {
            put(&folder.join(known.name).join(file), &text)?;
        }
        let name = known.name.replace('-', "_");
        let test = files::rustfmt(&TEST.replace("NAME", &name))?;
        put(&folder.join("tests/tests").join(format!("{name}.rs")), &test)?;
        dependencies += &format!("api-{} = {{ path = \"../{}\" }}\n", known.name, known.name);
    }
    put(&folder.join("tests/src/lib.rs"), "//! Only tests.\n")?;
    put(&folder.join("tests/Cargo.toml"), &tests_manifest(&dependencies))?;
    put(&folder.join("Cargo.toml"), &manifest()?)?;
    Ok(folder)
}

/// The workspace, with the versions of the project's own.
fn manifest() -> Result<String> {
    let own = fs::read_to_string(crate::root().join("Cargo.toml"))?;
    let start = own.find("[workspace.package]").context("a workspace without a package")?;
    let rest = &own[start..];
    let end = rest.find("\n[profile").unwrap_or(rest.len());
    let rest = rest[..end].replace("path = \"", "path = \"../../");
    Ok(format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n\n{rest}\n[profile.dev]\ndebug = false\n"
    ))
}

fn tests_manifest(dependencies: &str) -> String {
    format!(
        "[package]
name = \"models\"
version.workspace = true
edition.workspace = true
publish.workspace = true

[dependencies]
conformance = {{ path = \"../../../crates/conformance\" }}
{dependencies}"
    )
}

/// Writes a file unless it is there as it should be: then nothing is built again.
#[expect(clippy::disallowed_methods, reason = "a tool writes files")]
fn put(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a file without a folder")?)?;
    fs::write(path, text)?;
    Ok(())
}
