//! Texts that are refused as patterns, and the reasons given.

use std::sync::Arc;

use pattern::dialects::{EVENTBRIDGE, SNS_ATTRIBUTES, SNS_BODY};
use pattern::{BadNumeric, BadWildcard, Dialect, Operand, Operator, Pattern, Reason};

fn reason(text: &str, dialect: &Dialect) -> Reason {
    match Pattern::parse(text, dialect) {
        Ok(_) => panic!("{text} is a pattern"),
        Err(refused) => refused.reason,
    }
}

#[test]
fn every_mistake_has_its_reason() {
    let named = |name: &str| -> Arc<str> { name.into() };
    let needs = |operator, needs| Reason::WrongOperand { operator, needs };
    let cases = [
        ("[]", Reason::NotAnObject),
        ("\"x\"", Reason::NotAnObject),
        ("{}", Reason::EmptyObject),
        (r#"{"a":{}}"#, Reason::EmptyObject),
        (r#"{"a":[]}"#, Reason::EmptyArray),
        (r#"{"a":"x"}"#, Reason::NotObjectOrArray),
        (r#"{"a":null}"#, Reason::NotObjectOrArray),
        (r#"{"a":[1],"a":[2]}"#, Reason::DuplicateKey),
        (r#"{"a":[["x"]]}"#, Reason::NotAValue),
        (r#"{"a":[{}]}"#, Reason::NoOperator),
        (r#"{"a":[{"prefix":"x","suffix":"y"}]}"#, Reason::MoreThanOneOperator),
        (r#"{"a":[{"like":"x"}]}"#, Reason::UnknownOperator(named("like"))),
        (r#"{"a":[{"wildcard":"x*"}]}"#, Reason::UnknownOperator(named("wildcard"))),
        (r#"{"a":[{"prefix":1}]}"#, needs(Operator::Prefix, Operand::Text)),
        (
            r#"{"a":[{"prefix":{"equals-ignore-case":"x"}}]}"#,
            needs(Operator::Prefix, Operand::Text),
        ),
        (r#"{"a":[{"suffix":["x"]}]}"#, needs(Operator::Suffix, Operand::Text)),
        (r#"{"a":[{"exists":"yes"}]}"#, needs(Operator::Exists, Operand::Bool)),
        (r#"{"a":[{"cidr":"10.0.0.0"}]}"#, Reason::Cidr(named("10.0.0.0"))),
        (r#"{"a":[{"anything-but":[]}]}"#, Reason::EmptyArray),
        (r#"{"a":[{"anything-but":["x",1]}]}"#, Reason::Mixed),
        (r#"{"a":[{"anything-but":null}]}"#, needs(Operator::AnythingBut, Operand::TextsOrNumbers)),
        (
            r#"{"a":[{"anything-but":[true]}]}"#,
            needs(Operator::AnythingBut, Operand::TextsOrNumbers),
        ),
        (
            r#"{"a":[{"anything-but":{"suffix":"x"}}]}"#,
            Reason::UnknownWithinAnythingBut(named("suffix")),
        ),
        (r#"{"a":[{"anything-but":{"prefix":""}}]}"#, Reason::EmptyOperand(Operator::Prefix)),
        (r#"{"a":[1000000001]}"#, Reason::NumberOutOfRange { largest: 1_000_000_000 }),
        (r#"{"a":[-1e400]}"#, Reason::NumberOutOfRange { largest: 1_000_000_000 }),
        (r#"{"a":[0.000001]}"#, Reason::NumberTooPrecise { decimals: 5 }),
        (r#"{"a":[1,2"#, Reason::Syntax("EOF while parsing a list".into())),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(text, &SNS_BODY), expected, "{text}");
    }
}

#[test]
fn numeric_expressions_are_well_formed() {
    let named = |name: &str| -> Arc<str> { name.into() };
    let cases = [
        ("[1]", BadNumeric::OperatorNotText),
        (r#"["!=",1]"#, BadNumeric::UnknownOperator(named("!="))),
        (r#"["="]"#, BadNumeric::NotANumber(named("="))),
        (r#"["=","1"]"#, BadNumeric::NotANumber(named("="))),
        (r#"["=",1,"<",2]"#, BadNumeric::TooMany),
        (r#"["<",1,">",0]"#, BadNumeric::TooMany),
        (r#"[">",1,">",2]"#, BadNumeric::BadSecondOperator(named(">"))),
        (r#"[">",1,"<"]"#, BadNumeric::NotANumber(named("<"))),
        (r#"[">",1,"<",2,3]"#, BadNumeric::TooMany),
        (r#"[">",1,2]"#, BadNumeric::OperatorNotText),
        (r#"[">",2,"<",1]"#, BadNumeric::BottomNotLess),
        (r#"[">=",1,"<=",1]"#, BadNumeric::BottomNotLess),
    ];
    for (expression, expected) in cases {
        let text = format!(r#"{{"a":[{{"numeric":{expression}}}]}}"#);
        assert_eq!(reason(&text, &SNS_BODY), Reason::Numeric(expected), "{expression}");
    }
    assert_eq!(reason(r#"{"a":[{"numeric":[]}]}"#, &SNS_BODY), Reason::EmptyArray);
}

#[test]
fn wildcards_are_well_formed() {
    for (text, bad) in [("a**", BadWildcard::Consecutive), ("a\\\\b", BadWildcard::Escape)] {
        let text = format!(r#"{{"a":[{{"wildcard":"{text}"}}]}}"#);
        assert_eq!(reason(&text, &EVENTBRIDGE), Reason::Wildcard(bad));
    }
}

#[test]
fn the_scope_of_attributes_is_flat() {
    assert_eq!(reason(r#"{"a":{"b":["x"]}}"#, &SNS_ATTRIBUTES), Reason::Nested);
}

#[test]
fn a_refusal_names_its_place() {
    let text = "{\n \"a\": {\"b\": [\"x\", {\"like\": 1}]}}";
    let refused = Pattern::parse(text, &SNS_BODY).unwrap_err();
    assert_eq!(refused.place, [Arc::from("a"), Arc::from("b")]);
    assert_eq!(refused.line_and_column(text), (2, 30));
    assert_eq!(refused.to_string(), "a.b: unknown operator like");
}

#[test]
fn text_that_is_not_json_is_refused_where_it_ceases_to_be() {
    let refused = Pattern::parse(r#"{"a": [x]}"#, &SNS_BODY).unwrap_err();
    assert!(matches!(refused.reason, Reason::Syntax(_)));
    assert_eq!(refused.at, 7);
}

#[test]
fn size_and_depth_are_bounded() {
    let long = format!(r#"{{"a":["{}"]}}"#, "x".repeat(2040));
    assert_eq!(reason(&long, &EVENTBRIDGE), Reason::TooLong { most: 2048 });
    let deep = format!("{}[1]{}", r#"{"a":"#.repeat(100), "}".repeat(100));
    assert_eq!(reason(&deep, &SNS_BODY), Reason::TooDeep { most: 100 });
    let endless = "[".repeat(200_000);
    assert_eq!(reason(&endless, &SNS_BODY), Reason::TooDeep { most: 100 });
}

#[test]
fn combinations_are_values_times_levels_multiplied() {
    let flat = |counts: &[usize]| {
        let fields = counts.iter().enumerate().map(|(field, count)| {
            let values: Vec<String> = (0..*count).map(|value| format!("\"{value}\"")).collect();
            format!("\"k{field}\":[{}]", values.join(","))
        });
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    let parse = |text: &str| Pattern::parse(text, &SNS_BODY).map(|_| ()).map_err(|r| r.reason);
    let too_many = Err(Reason::TooManyCombinations { most: 150 });
    assert_eq!(parse(&flat(&[3, 1, 50])), Ok(()));
    assert_eq!(parse(&flat(&[151])), too_many);
    assert_eq!(parse(&flat(&[2, 2, 2, 19])), too_many);
    // Four values three levels down and three two levels down: 4 × 3 × 3 × 2 = 72.
    let nested = r#"{"a":{"b":{"c":[1,2,3,4]}},"d":{"e":[1,2,3]}"#;
    assert_eq!(parse(&format!("{nested},\"f\":[1,2]}}")), Ok(()));
    assert_eq!(parse(&format!("{nested},\"f\":[1,2,3]}}")), too_many);
    // Alternatives are added up.
    let or = format!(r#"{{"$or":[{},{}]}}"#, flat(&[100]), flat(&[50]));
    assert_eq!(parse(&or), Ok(()));
    let or = format!(r#"{{"$or":[{},{}]}}"#, flat(&[100]), flat(&[51]));
    assert_eq!(parse(&or), too_many);
}

#[test]
fn five_keys_are_enough() {
    let five = r#""a":[1],"b":[1],"c":[1],"d":[1],"e":{"x":[1],"y":[1]}"#;
    assert!(Pattern::parse(&format!("{{{five}}}"), &SNS_BODY).is_ok());
    let six = format!(r#"{{{five},"f":[1]}}"#);
    assert_eq!(reason(&six, &SNS_BODY), Reason::TooManyKeys { most: 5 });
    assert!(Pattern::parse(&six, &EVENTBRIDGE).is_ok());
    let or = r#"{"a":[1],"b":[1],"c":[1],"$or":[{"d":[1]},{"e":[1],"f":[1]}]}"#;
    assert!(Pattern::parse(or, &SNS_ATTRIBUTES).is_ok());
}

#[test]
fn alternatives_are_bounded_before_they_are_multiplied_out() {
    let or = |field: usize| {
        let branches: Vec<String> =
            (0..11).map(|at| format!(r#"{{"f{field}{at}":[1]}}"#)).collect();
        format!(r#""$or":[{}]"#, branches.join(","))
    };
    let nested = |ors: usize| {
        let fields: Vec<String> =
            (0..ors).map(|field| format!(r#""o{field}":{{{}}}"#, or(field))).collect();
        format!("{{{}}}", fields.join(","))
    };
    assert!(Pattern::parse(&nested(2), &EVENTBRIDGE).is_ok());
    assert_eq!(reason(&nested(3), &EVENTBRIDGE), Reason::TooManyAlternatives { most: 1000 });
    assert_eq!(reason(&nested(9), &EVENTBRIDGE), Reason::TooManyAlternatives { most: 1000 });
}

#[test]
fn patterns_that_say_the_same_are_equal() {
    let parse = |text: &str| Pattern::parse(text, &EVENTBRIDGE).unwrap();
    for (one, other) in [
        (r#"{"a":[1,"x"],"b":[2]}"#, r#"{"b":[{"numeric":["=",2.0]}],"a":["x",1,"x"]}"#),
        (r#"{"a":[{"wildcard":"x"}]}"#, r#"{"a":["x"]}"#),
        (r#"{"$or":[{"a":[1]},{"b":[1]}]}"#, r#"{"$or":[{"b":[1]},{"a":[1]},{"a":[1.0]}]}"#),
    ] {
        assert_eq!(parse(one), parse(other), "{one} {other}");
    }
    assert_ne!(parse(r#"{"a":[1]}"#), parse(r#"{"a":["1"]}"#));
}
