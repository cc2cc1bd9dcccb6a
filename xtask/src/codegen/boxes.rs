//! Structures that contain themselves.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::model::{Kind, Model, Reference};

/// The members that must be boxed: those through which a structure contains itself. (Lists and maps
/// are on the heap anyway.) A structure that cannot exist without itself is an error.
pub(super) fn find(
    model: &Model,
    structures: &BTreeSet<String>,
) -> Result<BTreeSet<(String, String)>> {
    let mut boxed = BTreeSet::new();
    for name in structures {
        for (member, reference) in members(model, name, Which::All) {
            if reaches(model, &reference.shape, name, Which::All) {
                boxed.insert((name.clone(), member.to_owned()));
            }
        }
        for (member, reference) in members(model, name, Which::Required) {
            if reaches(model, &reference.shape, name, Which::Required) {
                bail!("{name} cannot exist: it requires itself as {member}");
            }
        }
    }
    Ok(boxed)
}

/// Which members count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Required,
}

/// Whether structure `from` is or contains structure `to`.
fn reaches(model: &Model, from: &str, to: &str, which: Which) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(name) = waiting.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            let members = members(model, name, which).into_iter();
            waiting.extend(members.map(|(_, reference)| reference.shape.as_str()));
        }
    }
    false
}

/// The members of a structure that are structures.
fn members<'m>(model: &'m Model, name: &str, which: Which) -> Vec<(&'m str, &'m Reference)> {
    let Some(shape) = model.shapes.get(name) else { return Vec::new() };
    let counts = |(name, found): &(&str, &Reference)| {
        let target = model.shapes.get(&found.shape);
        let required = shape.required.iter().any(|required| required == name);
        target.is_some_and(|target| target.kind == Kind::Structure)
            && (which == Which::All || required)
    };
    shape.references().into_iter().filter(counts).collect()
}
