//! What is written into a document is read from it again.

use std::collections::BTreeMap;

use base::Timestamp;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::constants::*;
use crate::schema::*;

#[allow(unreachable_pub, reason = "the macro declares public shapes")]
mod every {
    use super::*;

    crate::structures! {
        /// A shape with a member of every kind.
        Every "Every" {
            0 truth: bool = Member::new("Truth", BOOLEAN);
            1 integer: i32 = Member::new("Integer", INTEGER);
            2 long: i64 = Member::new("Long", LONG);
            3 double: f64 = Member::new("Double", DOUBLE);
            4 float: f32 = Member::new("Float", FLOAT);
            5 text: String = Member::new("Text", STRING);
            6 bytes: Bytes = Member::new("Bytes", BLOB);
            7 moment: Option<Timestamp> = Member::new("Moment", TIMESTAMP);
            8 list: Vec<String> = Member::new("List", Target::List(&LIST));
            9 map: BTreeMap<String, i64> = Member::new("Map", Target::Map(&MAP));
            10 inner: Option<Box<Every>> = Member::new("Inner", Target::of::<Every>());
        }
    }
}
use every::Every;

static LIST: ListSchema = ListSchema::of(STRING);
static MAP: MapSchema = MapSchema::of(Text::ANY, LONG);

fn every() -> impl Strategy<Value = Every> {
    let scalars = (any::<bool>(), any::<i32>(), any::<i64>(), any::<f64>(), any::<f32>());
    let moment = prop::option::of(0..253_402_300_800_000_u64);
    let texts = (".*", prop::collection::vec(any::<u8>(), 0..20), moment);
    let many =
        (prop::collection::vec(".*", 0..4), prop::collection::btree_map(".*", any::<i64>(), 0..4));
    let flat = (scalars, texts, many).prop_map(|(scalars, texts, (list, map))| {
        let ((truth, integer, long, double, float), (text, bytes, moment)) = (scalars, texts);
        let (bytes, moment) = (Bytes::from(bytes), moment.map(Timestamp::from_millis));
        let inner = None;
        Every { truth, integer, long, double, float, text, bytes, moment, list, map, inner }
    });
    (flat.clone(), prop::option::of(flat))
        .prop_map(|(outer, inner)| Every { inner: inner.map(Box::new), ..outer })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(every in every()) {
        let document = to_document(&every);
        prop_assert_eq!(from_document::<Every>(&document), Ok(every.clone()));
        // As text it is the same too: whole numbers of 64 bits and doubles are exact.
        let text = document.to_string();
        let again: Document = serde_json::from_str(&text).expect("it is JSON");
        prop_assert_eq!(from_document::<Every>(&again), Ok(every));
    }
}

fn read(document: Document) -> Result<Every, Malformed> {
    from_document(&document)
}

#[test]
fn values_are_written_as_json_has_them() {
    let every = Every {
        long: i64::MAX,
        float: 0.1,
        double: f64::NEG_INFINITY,
        bytes: Bytes::from_static(b"\0\xff"),
        moment: Some(Timestamp::from_millis(1_700_000_000_250)),
        ..Every::default()
    };
    let document = to_document(&every);
    assert_eq!(document["Long"], json!(9_223_372_036_854_775_807_i64));
    assert_eq!((&document["Float"], &document["Double"]), (&json!(0.1), &json!("-Infinity")));
    assert_eq!(
        (&document["Bytes"], &document["Moment"]),
        (&json!("AP8="), &json!(1_700_000_000.25))
    );
}

#[test]
fn moments_may_be_numbers_or_iso_8601() {
    let moment = Some(Timestamp::from_millis(1_700_000_000_000));
    for given in [json!(1_700_000_000), json!(1.7e9), json!("2023-11-14T22:13:20Z")] {
        assert_eq!(read(json!({ "Moment": given })).unwrap().moment, moment);
    }
    for given in [json!(-1), json!("yesterday"), json!(1e300), json!(true)] {
        assert!(read(json!({ "Moment": given })).is_err());
    }
}

#[test]
fn the_first_letter_of_a_member_may_be_in_either_case_and_no_other() {
    assert_eq!(read(json!({ "text": "x" })).unwrap().text, "x");
    for other in ["TEXT", "tExt", "", "Texts"] {
        let refused = read(json!({ other: "x" })).unwrap_err();
        assert_eq!(refused.0, format!("Every has no member {other}."));
    }
}

#[test]
fn null_is_nothing_and_whole_numbers_may_have_a_point() {
    assert_eq!(read(json!(null)), Ok(Every::default()));
    assert_eq!(read(json!({ "Text": null, "Inner": null })), Ok(Every::default()));
    assert_eq!(read(json!({ "Integer": 5.0 })).unwrap().integer, 5);
}

#[test]
fn what_is_something_else_is_malformed() {
    for wrong in [
        json!([]),
        json!({ "Truth": 1 }),
        json!({ "Integer": 2_147_483_648_i64 }),
        json!({ "Long": u64::MAX }),
        json!({ "Long": 0.5 }),
        json!({ "Text": 1 }),
        json!({ "Bytes": "?" }),
        json!({ "List": {} }),
        json!({ "Map": [] }),
        json!({ "List": [null] }),
        json!({ "Inner": "x" }),
    ] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn what_nests_too_deep_is_malformed() {
    let nested = |depth| (0..depth).fold(json!({}), |inner, _| json!({ "Inner": inner }));
    assert!(read(nested(MOST_DEPTH)).is_ok());
    assert!(read(nested(MOST_DEPTH + 1)).is_err());
}
