//! Random patterns and events: three ways to the same answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use pattern::dialects::{EVENTBRIDGE, SNS_ATTRIBUTES};
use pattern::{Dialect, Event, Matcher, Number, Pattern};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::naive;

const NAMES: [&str; 3] = ["a", "b", "c"];
const TEXTS: [&str; 8] = ["", "x", "xy", "yx", "X", "xYx", "10.0.0.1", "é"];

fn name() -> impl Strategy<Value = String> {
    proptest::sample::select(&NAMES[..]).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    proptest::sample::select(&TEXTS[..]).prop_map(str::to_owned)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        3 => (-3..4_i64).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn event() -> impl Strategy<Value = Value> {
    let value = scalar().prop_recursive(4, 20, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name(), inner, 0..4).prop_map(|map| json!(map)),
        ]
    });
    proptest::collection::btree_map(name(), value, 0..4).prop_map(|map| json!(map))
}

fn range() -> impl Strategy<Value = Value> {
    let ends = (-3..4_i64, 1..4_i64);
    prop_oneof![
        (proptest::sample::select(&["=", "<", "<=", ">", ">="][..]), -3..4_i64)
            .prop_map(|(operator, number)| json!([operator, number])),
        (any::<bool>(), any::<bool>(), ends).prop_map(|(low, high, (bottom, more))| {
            let (low, high) = (if low { ">" } else { ">=" }, if high { "<" } else { "<=" });
            json!([low, bottom, high, bottom + more])
        }),
    ]
}

fn rule() -> impl Strategy<Value = Value> {
    let wildcard = || proptest::sample::select(&["*", "x*", "*x", "x*x", "*y*", "xy"][..]);
    let nonempty = || proptest::sample::select(&TEXTS[1..]);
    prop_oneof![
        6 => scalar(),
        1 => text().prop_map(|text| json!({"prefix": text})),
        1 => text().prop_map(|text| json!({"suffix": text})),
        1 => text().prop_map(|text| json!({"equals-ignore-case": text})),
        1 => wildcard().prop_map(|text| json!({"wildcard": text})),
        2 => range().prop_map(|range| json!({"numeric": range})),
        1 => any::<bool>().prop_map(|is| json!({"exists": is})),
        1 => proptest::collection::vec(text(), 1..3).prop_map(|not| json!({"anything-but": not})),
        1 => (-3..4_i64).prop_map(|not| json!({"anything-but": not})),
        1 => nonempty().prop_map(|not| json!({"anything-but": {"prefix": not}})),
        1 => wildcard().prop_map(|not| json!({"anything-but": {"wildcard": not}})),
    ]
}

fn pattern_value() -> impl Strategy<Value = Value> {
    let field = proptest::collection::vec(rule(), 1..3).prop_map(Value::from).boxed();
    let object = proptest::collection::btree_map(name(), field.clone(), 1..3);
    object.prop_map(|map| json!(map)).prop_recursive(3, 12, 3, move |inner| {
        let member = prop_oneof![field.clone(), inner.clone()];
        let object = proptest::collection::btree_map(name(), member, 1..3);
        (object, proptest::option::of(proptest::collection::vec(inner, 2..4))).prop_map(
            |(object, or)| {
                let mut object = json!(object);
                if let Some(or) = or {
                    object["$or"] = json!(or);
                }
                object
            },
        )
    })
}

fn parsed(pattern: &Value) -> Arc<Pattern> {
    let dialect = Dialect { most_alternatives: 1_000_000, most_bytes: 1 << 20, ..EVENTBRIDGE };
    Arc::new(Pattern::parse(&pattern.to_string(), &dialect).expect("a pattern"))
}

fn read(event: &Value) -> Event {
    Event::document(event.to_string().as_bytes()).expect("an event")
}

/// A step in the life of a matcher.
#[derive(Clone, Debug)]
enum Step {
    Insert(u8, usize),
    Remove(u8),
    Match(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..40_u8, any::<usize>()).prop_map(|(id, pattern)| Step::Insert(id, pattern)),
        2 => (0..40_u8).prop_map(Step::Remove),
        2 => any::<usize>().prop_map(Step::Match),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_pattern_matches_what_the_simple_evaluator_says(
        pattern in pattern_value(),
        events in proptest::collection::vec(event(), 1..12),
    ) {
        let compiled = parsed(&pattern);
        for event in events {
            let expected = naive::matches(&pattern, &event);
            prop_assert_eq!(compiled.matches(&read(&event)), expected, "{} {}", pattern, event);
        }
    }

    #[test]
    fn a_matcher_answers_what_its_patterns_answer_one_by_one(
        patterns in proptest::collection::vec(pattern_value(), 1..25),
        events in proptest::collection::vec(event(), 1..8),
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let patterns: Vec<Arc<Pattern>> = patterns.iter().map(parsed).collect();
        let events: Vec<Event> = events.iter().map(read).collect();
        let mut matcher = Matcher::new();
        let mut model: BTreeMap<u8, Arc<Pattern>> = BTreeMap::new();
        for step in steps.into_iter().chain((0..events.len()).map(Step::Match)) {
            match step {
                Step::Insert(id, pattern) => {
                    let pattern = &patterns[pattern % patterns.len()];
                    matcher.insert(id, pattern.clone());
                    model.insert(id, pattern.clone());
                }
                Step::Remove(id) => {
                    prop_assert_eq!(matcher.remove(&id), model.remove(&id).is_some());
                }
                Step::Match(event) => {
                    let event = &events[event % events.len()];
                    let wanted = model.iter().filter(|(_, pattern)| pattern.matches(event));
                    let expected: Vec<u8> = wanted.map(|(id, _)| *id).collect();
                    prop_assert_eq!(matcher.matches(event), expected);
                }
            }
            prop_assert_eq!(matcher.len(), model.len());
        }
    }

    #[test]
    fn parsing_answers_whatever_the_text_is(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let _ = Pattern::parse(&text, &SNS_ATTRIBUTES);
        let _ = Event::document(&bytes);
        let _ = Event::attributes().array("a", &text);
        let _ = Number::parse(&text);
    }

    #[test]
    fn parsing_answers_whatever_is_left_of_a_pattern(
        pattern in pattern_value(), cut in any::<usize>(), byte in any::<u8>(),
    ) {
        let mut text = pattern.to_string().into_bytes();
        let place = cut % text.len();
        text[place] = byte;
        let text = String::from_utf8_lossy(&text);
        if let Err(refused) = Pattern::parse(&text, &EVENTBRIDGE) {
            prop_assert!(refused.at <= text.len());
            let _ = refused.line_and_column(&text);
        }
    }

    #[test]
    fn numbers_compare_as_fractions_do(one in decimal(), other in decimal()) {
        let (one_text, one) = one;
        let (other_text, other) = other;
        let compared = Number::parse(&one_text).cmp(&Number::parse(&other_text));
        prop_assert_eq!(compared, one.cmp(&other), "{} {}", one_text, other_text);
    }

    #[test]
    fn longer_numbers_compare_with_those_of_patterns_as_fractions_do(
        pattern in (-5_000_i64..5_000), event in -5_000_000_000_i128..5_000_000_000,
    ) {
        // The pattern's number has two decimals; the event's has eight, or twenty with zeros between.
        for (zeros, scale) in [("", 1_i128), ("000000000000", 1_000_000_000_000)] {
            let whole = event / 100_000_000;
            let fraction = event.abs() % 100_000_000;
            let sign = if event < 0 && whole == 0 { "-" } else { "" };
            let event_text = format!("{sign}{whole}.{zeros}{fraction:08}");
            let value = whole * 100_000_000 * scale + fraction * event.signum();
            let limit = i128::from(pattern) * 1_000_000 * scale;
            let text = format!(r#"{{"a":[{{"numeric":["<",{}e-2]}}]}}"#, pattern);
            let compiled = Pattern::parse(&text, &SNS_ATTRIBUTES).expect("a pattern");
            let event = Event::attributes().number("a", &event_text).expect("a number").build();
            prop_assert_eq!(compiled.matches(&event), value < limit, "{} {}", text, event_text);
        }
    }
}

/// A decimal number as text, and its value in millionths.
fn decimal() -> impl Strategy<Value = (String, i128)> {
    (-3_000_000_i128..3_000_000, -6..4_i32, 0..3_usize).prop_map(|(digits, exponent, zeros)| {
        let value = digits * 10_i128.pow((exponent + 6) as u32);
        let text = match zeros {
            0 => format!("{digits}e{exponent}"),
            1 => format!("{digits}.000E{exponent:+}"),
            _ => format!("{digits}00e{}", exponent - 2),
        };
        (text, value)
    })
}
