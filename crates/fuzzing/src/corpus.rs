//! The samples that targets begin with, and the inputs that they failed on.

use std::fs::{create_dir_all, read_dir};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// `fuzz/` in the checkout.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// A target's samples, in the order of their names.
///
/// # Errors
/// When there are none, or they cannot be read.
pub fn samples(target: &str) -> Result<Vec<Vec<u8>>> {
    let folder = home().join("corpus").join(target);
    let entries = read_dir(&folder).with_context(|| format!("no {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    ensure!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|path| read(path)).collect()
}

/// Keeps an input for whoever looks into it; answers where.
///
/// # Errors
/// When it cannot be written.
pub fn keep(target: &str, input: &[u8]) -> Result<PathBuf> {
    let folder = home().join("artifacts").join(target);
    create_dir_all(&folder)?;
    // Of one target the shortest ones are the most telling: so they are named.
    let path = folder.join(format!("random-{:05}", input.len()));
    write(&path, input)?;
    Ok(path)
}

/// An input that was kept.
///
/// # Errors
/// When it cannot be read.
#[expect(clippy::disallowed_methods, reason = "samples are files")]
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[expect(clippy::disallowed_methods, reason = "inputs that failed become files")]
fn write(path: &Path, input: &[u8]) -> Result<()> {
    std::fs::write(path, input).with_context(|| format!("cannot write {}", path.display()))
}
