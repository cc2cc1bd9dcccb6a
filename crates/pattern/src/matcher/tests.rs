//! The number of patterns that are looked at, and that removed patterns leave nothing behind.

use std::sync::Arc;

use super::Matcher;
use crate::dialects::EVENTBRIDGE;
use crate::{Event, Pattern};

const COUNT: u32 = 5_000;

fn pattern(text: &str, number: u32) -> Arc<Pattern> {
    let text = text.replace('N', &number.to_string());
    Arc::new(Pattern::parse(&text, &EVENTBRIDGE).unwrap())
}

fn event(text: &str, number: u32) -> Event {
    Event::document(text.replace('N', &number.to_string()).as_bytes()).unwrap()
}

fn many(text: &str) -> Matcher<u32> {
    let mut matcher = Matcher::new();
    (0..COUNT).for_each(|number| matcher.insert(number, pattern(text, number)));
    matcher
}

/// A pattern with a number in it, and the event that only the pattern with that number matches.
const CASES: [(&str, &str); 12] = [
    (r#"{"id":["cN"]}"#, r#"{"id":"cN"}"#),
    (r#"{"id":[N]}"#, r#"{"id":N.0}"#),
    (r#"{"type":["order"],"id":["cN"]}"#, r#"{"type":"order","id":"cN"}"#),
    (r#"{"type":[{"exists":true}],"x":{"id":["cN"]}}"#, r#"{"type":1,"x":[{"id":"cN"}]}"#),
    (r#"{"type":[{"anything-but":"x"}],"id":["cN"]}"#, r#"{"type":1,"id":"cN"}"#),
    (r#"{"id":[{"prefix":"cN-"}]}"#, r#"{"id":"cN-7"}"#),
    (r#"{"id":[{"suffix":"-cN"}]}"#, r#"{"id":"7-cN"}"#),
    (r#"{"id":[{"wildcard":"*-*-cN"}]}"#, r#"{"id":"7-7-cN"}"#),
    (r#"{"id":[{"equals-ignore-case":"cN"}]}"#, r#"{"id":"CN"}"#),
    (r#"{"id":[{"prefix":{"equals-ignore-case":"cN-"}}]}"#, r#"{"id":"CN-7"}"#),
    (r#"{"id":[{"numeric":[">",N,"<=",N.9]}]}"#, r#"{"id":N.5}"#),
    (r#"{"$or":[{"id":["cN"]},{"id":["N"]},{"n":[N]}]}"#, r#"{"id":"cN","n":-1}"#),
];

#[test]
fn few_patterns_are_looked_at_however_many_there_are() {
    for (text, event_text) in CASES {
        let matcher = many(text);
        for number in [0, 1, 77, COUNT - 1] {
            let event = event(event_text, number);
            assert_eq!(matcher.matches(&event), [number], "{text}");
            let looked_at = matcher.candidates(&event).len();
            assert!(looked_at <= 3, "{text}: {looked_at} patterns");
        }
    }
}

#[test]
fn networks_lead_to_the_few_that_hold_an_address() {
    let mut matcher = Matcher::new();
    for number in 0..COUNT {
        let (high, low) = (number / 256, number % 256);
        let text = format!(r#"{{"ip":[{{"cidr":"10.{high}.{low}.0/24"}}]}}"#);
        matcher.insert(number, pattern(&text, 0));
    }
    let event = event(r#"{"ip":"10.3.7.200"}"#, 0);
    assert_eq!(matcher.candidates(&event).len(), 1);
    assert_eq!(matcher.matches(&event), [3 * 256 + 7]);
}

#[test]
fn equal_patterns_are_kept_once() {
    let mut matcher = Matcher::new();
    for number in 0..COUNT {
        matcher.insert(number, pattern(r#"{"a":[N]}"#, number % 3));
    }
    assert_eq!((matcher.len(), matcher.patterns()), (COUNT as usize, 3));
    let ids: Vec<u32> = (0..COUNT).filter(|number| number % 3 == 2).collect();
    assert_eq!(matcher.matches(&event(r#"{"a":2}"#, 0)), ids);
}

#[test]
fn an_id_has_one_pattern_at_a_time() {
    let mut matcher = Matcher::new();
    matcher.insert(7, pattern(r#"{"a":[1]}"#, 0));
    matcher.insert(7, pattern(r#"{"a":[2]}"#, 0));
    assert_eq!(matcher.matches(&event(r#"{"a":1}"#, 0)), []);
    assert_eq!(matcher.matches(&event(r#"{"a":2}"#, 0)), [7]);
    assert_eq!((matcher.len(), matcher.patterns()), (1, 1));
}

#[test]
fn what_is_removed_leaves_nothing_behind() {
    for text in CASES.map(|case| case.0).into_iter().chain([r#"{"a":["N",{"exists":false}]}"#]) {
        let mut matcher = many(text);
        (0..COUNT).for_each(|number| assert!(matcher.remove(&number)));
        assert!(!matcher.remove(&0));
        assert!(matcher.is_empty() && matcher.patterns() == 0);
        assert!(matcher.fields.is_empty() && matcher.everywhere.is_empty(), "{text}");
    }
}
