//! A row as text, with all that was measured.

use std::fmt::Write;

use super::{Entry, bar_of, number};
use crate::bars::Bar;
use crate::outcome::{Figure, Measured, Outcome, Side};
use crate::sample::{PERCENTILES, Sample};
use crate::statistics::Spread;

/// A row.
pub(super) fn row(entry: &Entry, bars: &[Bar]) -> String {
    let mut text = format!("{}   [{}]\n", entry.title, entry.name);
    match &entry.outcome {
        Outcome::Absent(why) => {
            let _ = writeln!(text, "  left out: {why}");
        }
        Outcome::Measured(measured) => {
            text.push_str(&samples(measured));
            for figure in &measured.figures {
                text.push_str(&line(figure, bar_of(bars, entry.name, figure)));
            }
        }
    }
    text
}

fn samples(measured: &Measured) -> String {
    let mut text = String::new();
    if !measured.sides.is_empty() {
        let titles = PERCENTILES.map(|(_, title)| format!("{title:>9}")).concat();
        let _ = writeln!(
            text,
            "  {:<18}{:>13}{:>8}{:>12}{titles}{:>9} ms{:>8}{:>8} CPU µs/operation",
            "", "operations/s", "spread", "messages/s", "max", "server", "client"
        );
    }
    for side in &measured.sides {
        if let Some(sample) = Sample::median(&side.rounds) {
            let _ = writeln!(text, "  {:<18}{}", side.name, columns(side, &sample));
        }
    }
    text
}

fn columns(side: &Side, sample: &Sample) -> String {
    let spread = Spread::of(side.rounds.iter().map(|round| round.operations));
    let spread = spread.map_or(0.0, |spread| spread.width() * 100.0);
    let mut text = format!(
        "{:>13}{:>8}{:>12}",
        number(sample.operations),
        format!("{spread:.0} %"),
        number(sample.messages)
    );
    for microseconds in sample.latency {
        let _ = write!(text, "{:>9.3}", microseconds / 1e3);
    }
    let _ = write!(text, "{:>9.3}   ", sample.slowest / 1e3);
    for cpu in [sample.server_cpu, sample.client_cpu] {
        let shown = cpu.map_or("-".to_owned(), |microseconds| format!("{microseconds:.1}"));
        let _ = write!(text, "{shown:>8}");
    }
    if let Some(others) = sample.others.filter(|_| sample.disturbed()) {
        let _ = write!(text, "   disturbed: others kept {others:.2} cores busy");
    }
    text
}

fn line(figure: &Figure, bar: Option<&Bar>) -> String {
    let Some(spread) = figure.spread() else { return String::new() };
    let mut text = format!("  {:<38}{:>12}", figure.name.replace('_', " "), number(spread.median));
    if figure.rounds.len() > 1 {
        let _ = write!(text, "   ({} to {})", number(spread.low), number(spread.high));
    }
    if let Some(bar) = bar {
        let reached = if bar.is_reached(&spread) { "reached" } else { "MISSED" };
        let _ = write!(text, "   bar: {}: {reached}", bar.shown());
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;

    #[test]
    fn a_row_shows_its_sides_its_figures_and_whether_it_reaches_its_bar() {
        let text = row(&entry(), &Bar::all().unwrap());
        assert!(text.contains("SendMessage   [send-64]"), "{text}");
        assert!(text.lines().any(|line| line.trim_start().starts_with("ceiling")), "{text}");
        assert!(text.contains("40,000   100 %"), "{text}");
        assert!(text.contains("0.60   (0.30 to 0.90)   bar: at least 0.75: MISSED"), "{text}");
    }

    #[test]
    fn a_row_that_could_not_be_measured_says_why() {
        let absent = Entry { outcome: Outcome::Absent("it has no Fly".into()), ..entry() };
        assert!(row(&absent, &[]).contains("left out: it has no Fly"));
    }
}
