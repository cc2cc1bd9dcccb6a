//! Each operator, with values that it is for and values that it is not for.

use pattern::dialects::{EVENTBRIDGE, SNS_ATTRIBUTES, SNS_BODY};
use pattern::{Attributes, Event};

use crate::support::{check, pattern};

#[test]
fn plain_values_match_values_that_are_equal_and_of_one_kind() {
    let cases: [(&str, &[&str], &[&str]); 6] = [
        (
            r#"{"a":["x"]}"#,
            &[r#"{"a":"x","b":1}"#, r#"{"a":["y","x"]}"#],
            &[
                r#"{"a":"X"}"#,
                r#"{"a":"xy"}"#,
                r#"{"b":"x"}"#,
                r#"{"a":{"x":1}}"#,
                r#"{"a":[]}"#,
                "{}",
            ],
        ),
        (
            r#"{"a":[100]}"#,
            &[r#"{"a":100}"#, r#"{"a":1.0e2}"#],
            &[r#"{"a":"100"}"#, r#"{"a":100.0000000000000000001}"#],
        ),
        (r#"{"a":["100"]}"#, &[r#"{"a":"100"}"#], &[r#"{"a":100}"#]),
        (
            r#"{"a":[null]}"#,
            &[r#"{"a":null}"#, r#"{"a":[1,null]}"#],
            &[r#"{"a":"null"}"#, r#"{"a":""}"#, "{}"],
        ),
        (r#"{"a":[true]}"#, &[r#"{"a":true}"#], &[r#"{"a":"true"}"#, r#"{"a":false}"#]),
        (r#"{"a":[""]}"#, &[r#"{"a":""}"#], &[r#"{"a":null}"#, r#"{"a":" "}"#]),
    ];
    for (pattern, matching, others) in cases {
        check(&SNS_BODY, pattern, matching, others);
        check(&EVENTBRIDGE, pattern, matching, others);
    }
}

#[test]
fn operators_on_text_are_for_text_only() {
    let cases: [(&str, &[&str], &[&str]); 5] = [
        (
            r#"{"a":[{"prefix":"bas"}]}"#,
            &[r#"{"a":"baseball"}"#, r#"{"a":"bas"}"#],
            &[r#"{"a":"Baseball"}"#, r#"{"a":"ba"}"#, r#"{"a":null}"#],
        ),
        (r#"{"a":[{"prefix":"1"}]}"#, &[r#"{"a":"12"}"#], &[r#"{"a":12}"#]),
        (r#"{"a":[{"suffix":"ball"}]}"#, &[r#"{"a":"baseball"}"#], &[r#"{"a":"ballet"}"#]),
        (
            r#"{"a":[{"equals-ignore-case":"TENnis"}]}"#,
            &[r#"{"a":"tennis"}"#, r#"{"a":"TENNIS"}"#],
            &[r#"{"a":"tennis "}"#],
        ),
        (
            r#"{"a":[{"cidr":"10.0.0.0/24"}]}"#,
            &[r#"{"a":"10.0.0.9"}"#, r#"{"a":["x","10.0.0.9"]}"#],
            &[r#"{"a":"10.0.1.9"}"#, r#"{"a":"10.0.0"}"#, r#"{"a":10}"#],
        ),
    ];
    for (pattern, matching, others) in cases {
        check(&SNS_BODY, pattern, matching, others);
        check(&EVENTBRIDGE, pattern, matching, others);
    }
}

#[test]
fn numbers_are_compared_by_value() {
    for dialect in [&SNS_BODY, &EVENTBRIDGE] {
        check(
            dialect,
            r#"{"a":[{"numeric":["=",301.5]}]}"#,
            &[r#"{"a":301.5}"#, r#"{"a":3.015e2}"#],
            &[r#"{"a":"301.5"}"#, r#"{"a":301.50000000001}"#],
        );
        check(
            dialect,
            r#"{"a":[{"numeric":[">",0,"<=",150]}]}"#,
            &[r#"{"a":1e-300}"#, r#"{"a":150}"#, r#"{"a":[-1,7]}"#],
            &[r#"{"a":0}"#, r#"{"a":150.00000000000000000001}"#, r#"{"a":"7"}"#],
        );
        check(
            dialect,
            r#"{"a":[{"numeric":["<",0.3]}]}"#,
            &[r#"{"a":-1e300}"#, r#"{"a":0.29999999999999999999}"#],
            &[r#"{"a":0.3}"#, r#"{"a":0.30000000000000000001}"#],
        );
        check(
            dialect,
            r#"{"a":[{"numeric":[">=",2]}]}"#,
            &[r#"{"a":2.0}"#, r#"{"a":1e999999999999}"#],
            &[r#"{"a":1.99999999999999999999}"#],
        );
    }
}

#[test]
fn anything_but_is_for_fields_that_have_another_value() {
    for dialect in [&SNS_BODY, &EVENTBRIDGE] {
        check(
            dialect,
            r#"{"a":[{"anything-but":["rugby","tennis"]}]}"#,
            &[r#"{"a":"baseball"}"#, r#"{"a":["rugby","baseball"]}"#, r#"{"a":1}"#],
            &[r#"{"a":"rugby"}"#, r#"{"a":["rugby","tennis"]}"#, "{}", r#"{"b":1}"#],
        );
        check(
            dialect,
            r#"{"a":[{"anything-but":[100,500]}]}"#,
            &[r#"{"a":101}"#, r#"{"a":100.1}"#, r#"{"a":[100,50]}"#, r#"{"a":"100"}"#],
            &[r#"{"a":100}"#, r#"{"a":1e2}"#],
        );
        check(
            dialect,
            r#"{"a":[{"anything-but":{"prefix":"order-"}}]}"#,
            &[r#"{"a":"data-entry"}"#],
            &[r#"{"a":"order-cancelled"}"#],
        );
        check(
            dialect,
            r#"{"a":[{"anything-but":"x"},{"exists":false}]}"#,
            &[r#"{"a":"y"}"#, r#"{"b":1}"#],
            &[r#"{"a":"x"}"#],
        );
    }
}

#[test]
fn event_patterns_know_more_within_anything_but_and_affixes() {
    let cases: [(&str, &[&str], &[&str]); 6] = [
        (
            r#"{"a":[{"anything-but":{"suffix":[".png",".jpg"]}}]}"#,
            &[r#"{"a":"x.gif"}"#],
            &[r#"{"a":"x.png"}"#, r#"{"a":"x.jpg"}"#],
        ),
        (
            r#"{"a":[{"anything-but":{"equals-ignore-case":"init"}}]}"#,
            &[r#"{"a":"run"}"#],
            &[r#"{"a":"INIT"}"#],
        ),
        (
            r#"{"a":[{"anything-but":{"wildcard":"*/lib/*"}}]}"#,
            &[r#"{"a":"/bin/x"}"#],
            &[r#"{"a":"/usr/lib/x"}"#],
        ),
        (
            r#"{"a":[{"prefix":{"equals-ignore-case":"EventB"}}]}"#,
            &[r#"{"a":"eventbridge"}"#],
            &[r#"{"a":"even"}"#],
        ),
        (
            r#"{"a":[{"suffix":{"equals-ignore-case":"tBridge"}}]}"#,
            &[r#"{"a":"EVENTBRIDGE"}"#],
            &[r#"{"a":"bridge"}"#],
        ),
        (
            r#"{"a":[{"wildcard":"dir/*.png"}]}"#,
            &[r#"{"a":"dir/a.png"}"#],
            &[r#"{"a":"dir/a.pn"}"#],
        ),
    ];
    for (pattern, matching, others) in cases {
        check(&EVENTBRIDGE, pattern, matching, others);
    }
}

#[test]
fn large_plain_numbers_are_account_numbers_to_event_patterns() {
    check(
        &EVENTBRIDGE,
        r#"{"account":[123456789012]}"#,
        &[r#"{"account":123456789012}"#],
        &[r#"{"account":123456789013}"#, r#"{"account":"123456789012"}"#],
    );
}

#[test]
fn existing_is_asked_of_values_not_of_objects() {
    let there = r#"{"a":{"b":[{"exists":true}]}}"#;
    let missing = r#"{"a":{"b":[{"exists":false}]}}"#;
    let with = [r#"{"a":{"b":1}}"#, r#"{"a":{"b":[false]}}"#, r#"{"a":[{"c":1},{"b":1}]}"#];
    let without =
        [r#"{"a":{"b":{"c":1}}}"#, r#"{"a":{"b":[]}}"#, r#"{"a":1}"#, "{}", r#"{"a":[]}"#];
    for dialect in [&SNS_BODY, &EVENTBRIDGE] {
        check(dialect, there, &with, &without);
        check(dialect, missing, &without, &with);
    }
}

#[test]
fn null_and_empty_text_exist_for_event_patterns_only() {
    let empty = [r#"{"a":null}"#, r#"{"a":""}"#];
    check(&EVENTBRIDGE, r#"{"a":[{"exists":true}]}"#, &empty, &[]);
    check(&SNS_BODY, r#"{"a":[{"exists":true}]}"#, &[r#"{"a":["",1]}"#], &empty);
    check(&SNS_BODY, r#"{"a":[{"exists":false}]}"#, &[], &empty);
}

#[test]
fn all_fields_must_match_and_alternatives_add_more() {
    let or = r#"{"source":["cw"],"$or":[{"metric":["cpu"]},{"space":["ec2"],"kind":[1]}]}"#;
    for dialect in [&SNS_ATTRIBUTES, &SNS_BODY, &EVENTBRIDGE] {
        check(
            dialect,
            or,
            &[r#"{"source":"cw","metric":"cpu"}"#, r#"{"source":"cw","space":"ec2","kind":1}"#],
            &[r#"{"source":"cw"}"#, r#"{"metric":"cpu"}"#, r#"{"source":"cw","space":"ec2"}"#],
        );
    }
    check(
        &EVENTBRIDGE,
        r#"{"a":["x"],"$or":[{"a":["y"]},{"b":[1],"$or":[{"c":[1]},{"d":[1]}]}]}"#,
        &[r#"{"a":["x","y"]}"#, r#"{"a":"x","b":1,"d":1}"#],
        &[r#"{"a":"x"}"#, r#"{"a":"y"}"#, r#"{"a":"x","b":1}"#],
    );
}

#[test]
fn or_is_a_name_like_others_where_it_cannot_mean_alternatives() {
    check(&EVENTBRIDGE, r#"{"$or":["x"]}"#, &[r#"{"$or":"x"}"#], &[r#"{"a":"x"}"#]);
    check(&EVENTBRIDGE, r#"{"$or":{"a":[1]}}"#, &[r#"{"$or":{"a":1}}"#], &[r#"{"a":1}"#]);
    check(
        &EVENTBRIDGE,
        r#"{"$or":[{"numeric":["=",123]},{"prefix":"abc"}]}"#,
        &[r#"{"$or":"abcd"}"#, r#"{"$or":123}"#],
        &[r#"{"numeric":123}"#],
    );
}

#[test]
fn fields_of_two_objects_in_one_array_are_not_taken_together() {
    let people = r#"{"people":[
        {"first":"John","last":"Doe"}, [{"first":"Anna","last":"Smith","at":[{"x":1},{"y":2}]}]
    ]}"#;
    for (pattern, expected) in [
        (r#"{"people":{"first":["Anna"]}}"#, true),
        (r#"{"people":{"first":["Anna"],"last":["Smith"]}}"#, true),
        (r#"{"people":{"first":["Anna"],"last":["Doe"]}}"#, false),
        (r#"{"people":{"first":["John"],"$or":[{"last":["Smith"]},{"last":["Doe"]}]}}"#, true),
        (r#"{"people":{"first":["John"]},"$or":[{"people":{"last":["Smith"]}},{"z":[1]}]}"#, false),
        (r#"{"people":{"first":["Anna"],"at":{"x":[1]}}}"#, true),
        (r#"{"people":{"first":["John"],"at":{"x":[1]}}}"#, false),
        (r#"{"people":{"at":{"x":[1],"y":[2]}}}"#, false),
        (r#"{"people":{"first":["John"],"at":{"x":[{"exists":false}]}}}"#, false),
        (r#"{"people":{"first":["John"],"at":{"z":[{"exists":false}]}}}"#, true),
    ] {
        let (matching, others): (&[&str], &[&str]) =
            if expected { (&[people], &[]) } else { (&[], &[people]) };
        check(&EVENTBRIDGE, pattern, matching, others);
    }
}

#[test]
fn names_with_dots_are_single_names() {
    let nested = r#"{"a":{"b":1}}"#;
    check(&EVENTBRIDGE, r#"{"a.b":[1]}"#, &[r#"{"a.b":1}"#], &[nested]);
    check(&EVENTBRIDGE, r#"{"a":{"b":[1]}}"#, &[nested], &[r#"{"a.b":1}"#]);
}

fn matches(text: &str, attributes: Attributes) -> bool {
    pattern(text, &SNS_ATTRIBUTES).matches(&attributes.build())
}

#[test]
fn attributes_are_text_numbers_and_flat_arrays() {
    let interests =
        || Event::attributes().array("interests", r#"["rugby", 7, true, null]"#).unwrap();
    for value in [r#""rugby""#, "7", "7.0", "true", "null", r#"{"prefix":"rug"}"#] {
        assert!(matches(&format!(r#"{{"interests":[{value}]}}"#), interests()), "{value}");
    }
    assert!(!matches(r#"{"interests":["7"]}"#, interests()));
    let price = || Event::attributes().number("price", "3.015e2").unwrap();
    assert!(matches(r#"{"price":[301.5]}"#, price()));
    assert!(matches(r#"{"price":[{"numeric":["<",302]}]}"#, price()));
    assert!(!matches(r#"{"price":["301.5"]}"#, price()));
    assert!(Event::attributes().number("price", "free").is_err());
    assert!(matches(r#"{"a.b":["x"]}"#, Event::attributes().text("a.b", "x")));
}

#[test]
fn a_message_without_attributes_has_none_missing() {
    let missing = r#"{"store":[{"exists":false}]}"#;
    assert!(!matches(missing, Event::attributes()));
    assert!(matches(missing, Event::attributes().text("other", "x")));
    assert!(!matches(missing, Event::attributes().text("store", "x")));
}
