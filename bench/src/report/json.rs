//! Everything that was measured, every round of it, for programs.

use serde_json::{Map, Value, json};

use super::{Entry, Machine, bar_of};
use crate::bars::Bar;
use crate::outcome::{Figure, Measured, Outcome, Side};
use crate::sample::{PERCENTILES, Sample};

/// All rows, with what is needed to read them.
pub(super) fn all(machine: &Machine, rows: &[Entry], bars: &[Bar]) -> Value {
    json!({
        "cores": machine.cores,
        "load_average": machine.load,
        "seconds": machine.scale.window.as_secs_f64(),
        "rounds": machine.scale.rounds,
        "deep": machine.scale.deep,
        "rate": machine.rate,
        "rows": rows.iter().map(|entry| row(entry, bars)).collect::<Vec<_>>(),
    })
}

fn row(entry: &Entry, bars: &[Bar]) -> Value {
    match &entry.outcome {
        Outcome::Absent(why) => json!({ "row": entry.name, "title": entry.title, "absent": why }),
        Outcome::Measured(Measured { sides, figures }) => json!({
            "row": entry.name,
            "title": entry.title,
            "sides": sides.iter().map(side).collect::<Vec<_>>(),
            "figures": figures
                .iter()
                .map(|figure| (figure.name.to_owned(), value(figure, bar_of(bars, entry.name, figure))))
                .collect::<Map<_, _>>(),
        }),
    }
}

fn value(figure: &Figure, bar: Option<&Bar>) -> Value {
    let spread = figure.spread();
    let mut value = json!({
        "median": spread.map(|spread| spread.median),
        "low": spread.map(|spread| spread.low),
        "high": spread.map(|spread| spread.high),
        "rounds": figure.rounds,
    });
    if let (Some(bar), Some(spread)) = (bar, spread) {
        value["bar"] = json!({
            "least": bar.least,
            "most": bar.most,
            "gate": bar.gate,
            "reached": bar.is_reached(&spread),
        });
    }
    value
}

fn side(side: &Side) -> Value {
    json!({
        "name": side.name,
        "median": Sample::median(&side.rounds).as_ref().map(sample),
        "rounds": side.rounds.iter().map(sample).collect::<Vec<_>>(),
    })
}

fn sample(sample: &Sample) -> Value {
    let latency: Map<String, Value> = PERCENTILES
        .iter()
        .zip(sample.latency)
        .map(|((_, title), microseconds)| (format!("{title}_us"), json!(microseconds)))
        .collect();
    json!({
        "operations_per_second": sample.operations,
        "messages_per_second": sample.messages,
        "latency": latency,
        "mean_us": sample.mean,
        "slowest_us": sample.slowest,
        "server_cpu_us_per_operation": sample.server_cpu,
        "client_cpu_us_per_operation": sample.client_cpu,
        "cores_busy_with_others": sample.others,
        "commits": sample.commits.map(|all| json!({
            "commits": all.commits,
            "batches": all.batches,
            "bytes": all.bytes,
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;

    #[test]
    fn a_row_has_its_percentiles_its_shares_and_its_bar() {
        let row = row(&entry(), &Bar::all().unwrap());
        assert_eq!(row["row"], "send-64");
        let millpond = &row["sides"][1];
        assert_eq!(millpond["median"]["operations_per_second"], 40_000.0);
        assert_eq!(millpond["rounds"].as_array().unwrap().len(), 3);
        for (_, title) in PERCENTILES {
            assert!(millpond["median"]["latency"][format!("{title}_us")].is_number(), "{title}");
        }
        let share = &row["figures"]["combined_share"];
        assert_eq!(share["bar"]["least"], 0.75);
        assert_eq!(share["bar"]["reached"], false);
    }

    #[test]
    fn an_absent_row_says_why() {
        let absent = Entry { outcome: Outcome::Absent("no".into()), ..entry() };
        assert_eq!(row(&absent, &[])["absent"], "no");
    }
}
