//! Measures the time to match an event against few and many patterns, and the memory of an id and a pattern.
//!
//! ```text
//! cargo run --release -p pattern --example match
//! ```

use std::sync::Arc;

use base::clock::Stopwatch;
use pattern::dialects::SNS_BODY;
use pattern::{Event, Matcher, Pattern};

fn main() {
    // Kept until the end: what is given back would be used again, and not be counted.
    let _shared = memory("ids that share 5 patterns", 1_000_000, 5);
    let _own = memory("ids with a pattern each", 100_000, 1 << 60);
    println!("an event with one pattern that matches, of patterns that all differ:");
    for kind in KINDS {
        let times: Vec<String> =
            [10, 1_000, 100_000].map(|count| time(kind.1, kind.2, count)).into();
        println!("  {:<28} {}", kind.0, times.join("  "));
    }
    read();
}

/// The measured kinds: a name, a pattern and the event that it matches, with `N` for the number.
const KINDS: [(&str, &str, &str); 6] = [
    ("exact", r#"{"type":["order"],"id":["cN"]}"#, r#"{"type":"order","id":"cN","x":1}"#),
    ("prefix", r#"{"id":[{"prefix":"cN-"}]}"#, r#"{"id":"cN-7","x":1}"#),
    ("equals-ignore-case", r#"{"id":[{"equals-ignore-case":"cN"}]}"#, r#"{"id":"CN","x":1}"#),
    ("range", r#"{"n":[{"numeric":[">=",N,"<",N.5]}]}"#, r#"{"n":N.25,"x":1}"#),
    ("alternatives", r#"{"$or":[{"id":["cN"]},{"n":[N]}]}"#, r#"{"id":"cN","n":-1,"x":1}"#),
    ("anything but, and exact", r#"{"x":[{"anything-but":"y"}],"n":[N]}"#, r#"{"x":"z","n":N}"#),
];

fn parse(text: &str) -> Arc<Pattern> {
    Arc::new(Pattern::parse(text, &SNS_BODY).expect("a pattern"))
}

fn document(text: &str) -> Event {
    Event::document(text.as_bytes()).expect("an event")
}

fn time(pattern: &str, event: &str, count: u64) -> String {
    let mut matcher = Matcher::new();
    for id in 0..count {
        matcher.insert(id, parse(&pattern.replace('N', &id.to_string())));
    }
    let ids: Vec<u64> = (0..1000).map(|round| round * 7919 % count).collect();
    let events: Vec<Event> =
        ids.iter().map(|id| document(&event.replace('N', &id.to_string()))).collect();
    let watch = Stopwatch::start();
    for _ in 0..100 {
        for (event, id) in events.iter().zip(&ids) {
            assert_eq!(matcher.matches(event), [*id], "the one that it is for");
        }
    }
    format!("{count:>7}: {:>6.2} µs", watch.seconds() * 1e6 / 100_000.0)
}

fn read() {
    let text = r#"{"type":"order","id":"c1","price":{"amount":12.5},"tags":["a","b"],"note":null}"#;
    let watch = Stopwatch::start();
    for _ in 0..100_000 {
        document(text);
    }
    println!("reading a small event: {:.2} µs", watch.seconds() * 1e6 / 100_000.0);
}

fn memory(what: &str, ids: u64, patterns: u64) -> Matcher<u64> {
    let before = resident();
    let mut matcher = Matcher::new();
    for id in 0..ids {
        // Ids as they come: in no order.
        let id = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let pattern = format!(r#"{{"type":["order"],"customer":["c{}"]}}"#, id % patterns);
        matcher.insert(id, parse(&pattern));
    }
    let bytes = resident().saturating_sub(before) as f64;
    let (ids, patterns) = (matcher.len(), matcher.patterns());
    println!("{what}: {ids} ids, {patterns} patterns, {:.0} bytes an id", bytes / ids as f64);
    matcher
}

/// Bytes of memory that the process has, where the system says so.
#[expect(clippy::disallowed_methods, reason = "a measurement reads what the system says")]
fn resident() -> usize {
    let status = std::fs::read("/proc/self/statm").unwrap_or_default();
    let text = String::from_utf8_lossy(&status);
    let pages = text.split_whitespace().nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0_usize) * 4096
}
