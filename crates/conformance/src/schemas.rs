//! Everything that a service's schemas say.

use shape::{Pattern, Schema, ServiceModel, Target};

/// All structures that a service's operations use.
pub fn structures(service: &ServiceModel) -> Vec<&'static Schema> {
    let operations = service.operations.iter();
    reachable(
        operations.flat_map(|operation| [operation.input, operation.output]).flatten().collect(),
    )
}

/// A structure and all structures in it.
pub fn within(schema: &'static Schema) -> Vec<&'static Schema> {
    reachable(vec![schema])
}

fn reachable(mut waiting: Vec<&'static Schema>) -> Vec<&'static Schema> {
    let mut found: Vec<&'static Schema> = Vec::new();
    while let Some(schema) = waiting.pop() {
        if found.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        found.push(schema);
        for target in schema.members.iter().flat_map(|member| targets(&member.target)) {
            if let Target::Structure(inner) | Target::Events(inner) = target {
                waiting.push(inner());
            }
        }
    }
    found
}

/// A target and those in it, as far as the next structure.
fn targets(target: &'static Target) -> Vec<&'static Target> {
    let inner = match target {
        Target::List(list) => targets(&list.member),
        Target::Map(map) => targets(&map.value),
        _ => Vec::new(),
    };
    [vec![target], inner].concat()
}

/// All patterns that texts in these structures must match.
pub fn patterns(structures: &[&'static Schema]) -> Vec<&'static Pattern> {
    let members = structures.iter().flat_map(|schema| schema.members);
    members.flat_map(|member| targets(&member.target)).filter_map(pattern).collect()
}

fn pattern(target: &'static Target) -> Option<&'static Pattern> {
    match target {
        Target::String(text) | Target::Blob(text) => text.pattern,
        Target::Map(map) => map.key.pattern,
        _ => None,
    }
}
