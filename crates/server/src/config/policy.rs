//! Policies in the file.

use std::path::Path;
use std::sync::Arc;

use policy::{Document, Kind};

/// A policy that was read.
pub(crate) type Policy = Arc<Document>;

/// A policy: JSON itself, or the file that it is in.
pub(super) fn read(kind: Kind, given: &str) -> Result<Policy, String> {
    let text = match is_inline(given) {
        true => given.to_owned(),
        false => file(Path::new(given))?,
    };
    let parsed = Document::parse(kind, &text);
    parsed.map(Arc::new).map_err(|error| format!("its {kind} policy is malformed: {error}"))
}

/// The same text, with a file beside the one that names it.
pub(super) fn beside(given: String, folder: &Path) -> String {
    match is_inline(&given) {
        true => given,
        false => folder.join(given).display().to_string(),
    }
}

/// The text of a file that the configuration names.
pub(super) fn file(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn is_inline(policy: &str) -> bool {
    policy.trim_start().starts_with('{')
}
