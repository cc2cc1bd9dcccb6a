//! What the models say must be what this program can check.

use api::SERVICES;
use shape::{Pattern, Schema, Target};

/// All structures that operations use.
fn schemas() -> Vec<&'static Schema> {
    let mut found: Vec<&'static Schema> = Vec::new();
    let operations = SERVICES.iter().flat_map(|service| service.operations);
    let mut waiting: Vec<&'static Schema> =
        operations.flat_map(|operation| [operation.input, operation.output]).flatten().collect();
    while let Some(schema) = waiting.pop() {
        if found.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        found.push(schema);
        for target in schema.members.iter().flat_map(|member| targets(&member.target)) {
            if let Target::Structure(inner) = target {
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

fn pattern(target: &'static Target) -> Option<&'static Pattern> {
    match target {
        Target::String(text) | Target::Blob(text) => text.pattern,
        Target::Map(map) => map.key.pattern,
        _ => None,
    }
}

#[test]
fn every_pattern_of_a_model_can_be_compiled() {
    let members = schemas().into_iter().flat_map(|schema| schema.members);
    let patterns: Vec<&Pattern> =
        members.flat_map(|member| targets(&member.target)).filter_map(pattern).collect();
    assert!(patterns.len() > 20, "only {} patterns were found", patterns.len());
    for pattern in patterns {
        assert!(pattern.compiled().is_some(), "{}", pattern.source());
    }
}

#[test]
fn operations_and_errors_are_found_by_name() {
    for service in SERVICES {
        for operation in service.operations {
            let found = service.operation(operation.name).map(|found| found.name);
            assert_eq!(found, Some(operation.name), "{}", service.name);
        }
        for error in service.errors {
            let found = service.error(error.name).map(|found| found.name);
            assert_eq!(found, Some(error.name), "{}", service.name);
        }
        assert!(service.operation("NoSuchOperation").is_none());
    }
}

#[test]
fn services_are_sorted_and_say_how_they_are_spoken_to() {
    let names: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for service in SERVICES {
        let spoken = service.protocols.iter().all(|&spoken| wire::codec_for(spoken).is_some());
        assert!(spoken && !service.protocols.is_empty(), "{}", service.name);
    }
}

#[test]
fn validation_can_track_the_members_of_every_structure() {
    for schema in schemas() {
        assert!(schema.members.len() <= shape::validate::MOST_MEMBERS, "{}", schema.name);
    }
}
