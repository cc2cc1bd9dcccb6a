//! The generator on models that are small enough to read, and on services that are not there yet.

use super::*;
use crate::codegen::model::Model;

/// All files of a service with this model, unformatted.
fn generated(shapes: &str) -> Result<Vec<(&'static str, String)>> {
    let model = format!(
        r#"{{
            "metadata": {{"apiVersion": "1", "endpointPrefix": "t", "protocol": "query"}},
            "operations": {{"Do": {{
                "http": {{"method": "POST", "requestUri": "/"}}, "input": {{"shape": "In"}}
            }}}},
            "shapes": {{"S": {{"type": "string"}}, {shapes}}}
        }}"#
    );
    let model: Model = serde_json::from_str(&model)?;
    emit::service(&Service::new("t", model, Facts::default())?)
}

fn file(shapes: &str, name: &str) -> String {
    let files = generated(shapes).expect("a model that can be generated");
    let file = files.into_iter().find(|(file, _)| *file == name);
    file.expect("the file").1.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(shapes: &str) -> String {
    generated(shapes).err().map(|error| format!("{error:#}")).unwrap_or_default()
}

#[test]
fn what_a_model_requires_is_there_and_what_it_does_not_may_be() {
    let types = file(
        r#""In": {"type": "structure", "required": ["Type"],
            "members": {"Type": {"shape": "S"}, "aList": {"shape": "L"}}},
           "L": {"type": "list", "member": {"shape": "In"}}"#,
        "src/types.rs",
    );
    assert!(
        types.contains(r#"In "In" { 0 r#type: String = Member::new("Type", STRING).required();"#)
    );
    assert!(types.contains("1 a_list: Option<Vec<In>> = "), "{types}");
    assert!(types.contains(r#"DoOutput "DoOutput" {}"#), "{types}");
}

#[test]
fn a_structure_that_contains_itself_is_boxed_and_one_that_requires_itself_refused() {
    let members = r#""members": {"Next": {"shape": "Via"}}"#;
    let via = r#""Via": {"type": "structure", "members": {"In": {"shape": "In"}}}"#;
    let types =
        file(&format!(r#""In": {{"type": "structure", {members}}}, {via}"#), "src/types.rs");
    assert!(types.contains("next: Option<Box<Via>>"), "{types}");
    let input = format!(r#""In": {{"type": "structure", "required": ["Next"], {members}}}"#);
    assert!(file(&format!("{input}, {via}"), "src/types.rs").contains("next: Box<Via> ="));
    let required = via.replace("members", r#"required": ["In"], "members"#);
    assert_eq!(
        refused(&format!("{input}, {required}")),
        "In cannot exist: it requires itself as Next"
    );
}

#[test]
fn a_list_flattened_where_it_is_used_takes_the_name_of_its_elements() {
    let schemas = file(
        r#""In": {"type": "structure", "members": {
            "Flat": {"shape": "L", "flattened": true}, "Whole": {"shape": "L", "locationName": "W"}}},
           "L": {"type": "list", "member": {"shape": "S", "locationName": "E"}}"#,
        "src/types.rs",
    );
    assert!(schemas.contains(r#"Member::new("Flat", Target::List(&L_FLATTENED)).named("E")"#));
    assert!(schemas.contains(r#"Member::new("Whole", Target::List(&L)).named("W")"#), "{schemas}");
    assert!(
        schemas.contains(
            r#"L_FLATTENED: ListSchema = ListSchema::of(STRING).named("E").flattened();"#
        )
    );
}

#[test]
fn more_members_than_validation_can_track_are_refused() {
    let members: Vec<String> = (0..129).map(|n| format!(r#""M{n}": {{"shape": "S"}}"#)).collect();
    let shape = format!(r#""In": {{"type": "structure", "members": {{{}}}}}"#, members.join(", "));
    assert_eq!(refused(&shape), "t: In has 129 members");
}

#[test]
fn what_the_generator_does_not_know_it_names() {
    let shape = |of: &str| format!(r#""In": {{"type": "structure", "members": {{"M": {of}}}}}"#);
    let missing = shape(r#"{"shape": "Nowhere"}"#);
    assert_eq!(refused(&missing), "the model has no shape Nowhere");
    let place = shape(r#"{"shape": "S", "location": "trailer"}"#);
    assert_eq!(refused(&place), "no member is in the trailer");
    let document = r#""In": {"type": "structure", "document": true}"#;
    assert_eq!(refused(document), "In: documents have no place in shapes");
}

#[test]
fn a_fact_about_something_that_the_model_does_not_have_is_refused() {
    let shapes = r#"{"metadata": {"apiVersion": "1", "endpointPrefix": "t", "protocol": "query"},
        "operations": {}, "shapes": {}}"#;
    let model: Model = serde_json::from_str(shapes).expect("a model");
    let facts: Facts =
        serde_json::from_str(r#"{"source": [], "names": {"L.member": "E"}}"#).expect("facts");
    let error = Service::new("t", model, facts).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("no shape for L.member"));
}

/// Another service must be one word: all that are known are generated to Rust that can be parsed.
#[test]
fn every_known_service_can_be_generated() {
    let botocore = Botocore::of(Environment::Current).expect("the pinned botocore");
    for known in SERVICES {
        let service = service(&botocore, known).expect(known.name);
        for (file, text) in emit::service(&service).expect(known.name) {
            if file.ends_with(".rs") {
                files::rustfmt(&text).expect(file);
            }
        }
    }
}

#[test]
fn the_facts_about_query_are_those_of_the_last_query_model() {
    let botocore = Botocore::of(Environment::Query).expect("the pinned botocore");
    let extracted = facts::query_facts(&botocore).expect("facts");
    assert_eq!(extracted, include_str!("facts/sqs.query.json"));
}
