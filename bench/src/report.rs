//! The table, and the same in JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::args::Options;
use crate::rounds::{Measured, Outcome, Round};
use crate::rows::Row;
use crate::sample::{PERCENTILES, Sample, median};

/// A row as text.
pub(crate) fn text(row: &dyn Row, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Absent(absent) => format!("{}\n  left out: {absent}\n\n", row.title()),
        Outcome::Measured(measured) => table(row, measured),
    }
}

fn table(row: &dyn Row, measured: &Measured) -> String {
    let mut text = row.title().to_owned();
    if measured.connections != row.connections() {
        let _ = write!(text, " -> {} connections", measured.connections);
    }
    let _ = writeln!(text, "   [{}]", row.name());
    let _ = writeln!(text, "  disk      {} µs for 1 KiB appended and synced, p50", disk(measured));
    let titles = PERCENTILES.map(|(_, title)| format!("{title:>10}")).concat();
    let _ = writeln!(
        text,
        "  {:<9}{:>12}{:>12}{titles}{:>10} ms{:>10}{:>8} CPU µs/request",
        "", "requests/s", "messages/s", "max", "server", "client"
    );
    for (name, side) in sides(measured) {
        if let Some(sample) = Sample::median(&side) {
            let _ = writeln!(text, "  {name:<9}{}", line(&sample));
        }
    }
    let _ = writeln!(text, "  ratio    {}", ratio(measured));
    if let Some(engine) = median(measured.rounds.iter().filter_map(|round| round.engine)) {
        let share = median(measured.rounds.iter().filter_map(Round::combined_ratio));
        let share = share.unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "  engine   {engine:>12.0} messages/s by itself; {share:.2} of both ceilings combined"
        );
    }
    if measured.connections == 1 {
        let _ = writeln!(text, "  floor    {}", floor(measured));
    }
    text.push('\n');
    text
}

/// The samples of the ceiling and of the server.
fn sides(measured: &Measured) -> [(&'static str, Vec<Sample>); 2] {
    let side = |of: fn(&Round) -> &Sample| measured.rounds.iter().map(of).cloned().collect();
    [("ceiling", side(|round| &round.ceiling)), (measured.subject, side(|round| &round.subject))]
}

fn line(sample: &Sample) -> String {
    let mut text = format!("{:>12.0}{:>12.0}", sample.requests, sample.messages);
    for microseconds in sample.latency {
        let _ = write!(text, "{:>10.3}", microseconds / 1e3);
    }
    let _ = write!(text, "{:>10.3}   ", sample.slowest / 1e3);
    let _ = match sample.server_cpu {
        Some(microseconds) => write!(text, "{microseconds:>10.1}"),
        None => write!(text, "{:>10}", "-"),
    };
    let _ = write!(text, "{:>8.1}", sample.client_cpu);
    if let Some(others) = sample.others.filter(|_| sample.disturbed()) {
        let _ = write!(text, "   disturbed: others kept {others:.2} cores busy");
    }
    if sample.refused > 0.0 {
        let _ = write!(text, "   refused {:.0}/s", sample.refused);
    }
    text
}

fn ratio(measured: &Measured) -> String {
    let mut ratios: Vec<f64> = measured.rounds.iter().map(Round::ratio).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    let middle = median(ratios.iter().copied()).unwrap_or(f64::NAN);
    let (low, high) = (ratios.first().copied(), ratios.last().copied());
    format!(
        "{middle:>12.2} of the ceiling ({:.2} to {:.2} in {} rounds)",
        low.unwrap_or(f64::NAN),
        high.unwrap_or(f64::NAN),
        ratios.len()
    )
}

/// With one connection the disk is on the way of each request, so the ratio says little: the latency is
/// held against the sum of both.
fn floor(measured: &Measured) -> String {
    let floor = median(measured.rounds.iter().map(Round::floor)).unwrap_or(f64::NAN);
    let share = measured.rounds.iter().map(|round| round.subject.latency[0] / round.floor());
    let share = median(share).unwrap_or(f64::NAN);
    format!("{:>12.3} ms, ceiling and disk in turn (p50); {share:.2} of it was taken", floor / 1e3)
}

fn disk(measured: &Measured) -> u128 {
    let microseconds = measured.rounds.iter().map(|round| round.disk.as_secs_f64() * 1e6);
    median(microseconds).unwrap_or_default().round() as u128
}

/// A row with every round.
pub(crate) fn json(row: &dyn Row, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Absent(absent) => json!({ "row": row.name(), "absent": absent.to_string() }),
        Outcome::Measured(measured) => json!({
            "row": row.name(),
            "title": row.title(),
            "connections": measured.connections,
            "server": measured.subject,
            "ratio": median(measured.rounds.iter().map(Round::ratio)),
            "rounds": measured.rounds.iter().map(round).collect::<Vec<_>>(),
        }),
    }
}

fn round(round: &Round) -> Value {
    json!({
        "disk_us": round.disk.as_secs_f64() * 1e6,
        "ratio": round.ratio(),
        "engine_messages_per_second": round.engine,
        "combined_ratio": round.combined_ratio(),
        "floor_us": round.floor(),
        "ceiling": sample(&round.ceiling),
        "server": sample(&round.subject),
    })
}

fn sample(sample: &Sample) -> Value {
    let latency: serde_json::Map<String, Value> = PERCENTILES
        .iter()
        .zip(sample.latency)
        .map(|((_, title), microseconds)| (format!("{title}_us"), json!(microseconds)))
        .collect();
    json!({
        "requests_per_second": sample.requests,
        "messages_per_second": sample.messages,
        "latency": latency,
        "slowest_us": sample.slowest,
        "server_cpu_us_per_request": sample.server_cpu,
        "client_cpu_us_per_request": sample.client_cpu,
        "cores_busy_with_others": sample.others,
        "refused_per_second": sample.refused,
    })
}

/// The rows, with what is needed to read them.
pub(crate) fn machine(options: &Options, rows: Vec<Value>) -> Value {
    json!({
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "seconds": options.seconds,
        "rate": options.rate,
        "rows": rows,
    })
}
