//! What the models say must be what this program can check.

use conformance::schemas::{patterns, structures};
use shape::ServiceModel;

static SERVICES: &[&ServiceModel] = &[&api_sns::MODEL, &api_sqs::MODEL, &api_sts::MODEL];

#[test]
fn every_pattern_of_a_model_can_be_compiled() {
    let patterns: Vec<_> =
        SERVICES.iter().flat_map(|service| patterns(&structures(service))).collect();
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
fn validation_can_track_the_members_of_every_structure() {
    for schema in SERVICES.iter().flat_map(|service| structures(service)) {
        assert!(schema.members.len() <= shape::validate::MOST_MEMBERS, "{}", schema.name);
    }
}
