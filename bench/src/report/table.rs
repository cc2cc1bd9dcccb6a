//! The table of all rows, as the README has it.

use super::{Entry, bar_of, number};
use crate::bars::Bar;
use crate::outcome::{Figure, Measured, Outcome};
use crate::sample::Sample;

const HEAD: &str = "\
| work | messages/s | p50 | p99 | CPU µs/operation | HTTP ceiling | engine ceiling | log ceiling | combined | figure | bar |
|---|---|---|---|---|---|---|---|---|---|---|";

/// The table, in Markdown.
pub(super) fn table(rows: &[Entry], bars: &[Bar]) -> String {
    let mut lines = vec![HEAD.to_owned()];
    for entry in rows {
        if let Outcome::Measured(measured) = &entry.outcome {
            lines.push(format!(
                "| {} | {} |",
                entry.title,
                cells(entry, measured, bars).join(" | ")
            ));
        }
    }
    lines.join("\n")
}

fn cells(entry: &Entry, measured: &Measured, bars: &[Bar]) -> Vec<String> {
    let side = |side: Option<&crate::outcome::Side>| Sample::median(&side?.rounds);
    let subject = side(measured.subject());
    let of_subject = |of: fn(&Sample) -> Option<String>| {
        subject.as_ref().and_then(of).unwrap_or_else(|| NOTHING.to_owned())
    };
    let ceiling = side(measured.sides.iter().find(|side| side.name == "ceiling"));
    let figure = |name: &str| {
        let found = measured.figures.iter().find(|figure| figure.name == name);
        found.and_then(Figure::spread).map_or(NOTHING.to_owned(), |spread| number(spread.median))
    };
    let (reached, wanted) = barred(entry, measured, bars);
    vec![
        of_subject(|sample| Some(number(sample.messages))),
        of_subject(|sample| Some(duration(sample.latency[0]))),
        of_subject(|sample| Some(duration(sample.latency[2]))),
        of_subject(|sample| sample.server_cpu.map(number)),
        ceiling.map_or(NOTHING.to_owned(), |ceiling| number(ceiling.messages)),
        figure("engine_ceiling_messages_per_second"),
        figure("log_ceiling_messages_per_second"),
        figure("combined_ceiling_messages_per_second"),
        reached,
        wanted,
    ]
}

/// What stands where nothing was measured.
const NOTHING: &str = "–";

fn duration(microseconds: f64) -> String {
    if microseconds < 100.0 {
        return format!("{microseconds:.1} µs");
    }
    format!("{} ms", number(microseconds / 1e3))
}

/// The figures that have a bar, and the bars.
fn barred(entry: &Entry, measured: &Measured, bars: &[Bar]) -> (String, String) {
    let (mut reached, mut wanted) = (Vec::new(), Vec::new());
    for figure in &measured.figures {
        let (Some(bar), Some(spread)) = (bar_of(bars, entry.name, figure), figure.spread()) else {
            continue;
        };
        reached.push(format!("{} {}", figure.name.replace('_', " "), number(spread.median)));
        wanted.push(bar.shown());
    }
    if reached.is_empty() {
        return (NOTHING.to_owned(), NOTHING.to_owned());
    }
    (reached.join(", "), wanted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;

    #[test]
    fn short_times_keep_their_digits() {
        assert_eq!([2.04, 520.0, 12_345.0].map(duration), ["2.0 µs", "0.52 ms", "12.3 ms"]);
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let table = table(&[entry()], &Bar::all().unwrap());
        let columns = |line: &str| line.matches('|').count();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(columns(lines[2]), columns(lines[0]));
        assert!(lines[2].contains("| 40,000 |"), "{}", lines[2]);
        assert!(lines[2].contains("combined share 0.60 | at least 0.75 |"), "{}", lines[2]);
    }
}
