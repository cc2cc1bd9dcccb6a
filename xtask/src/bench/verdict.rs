//! Whether a row reached its bar, as the benchmark's results say.

use std::fmt;

use anyhow::{Context, Result};
use serde_json::Value;

/// What came of one bar.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    row: String,
    figure: String,
    median: f64,
    /// The bar, in words.
    wanted: String,
    pub(super) is_reached: bool,
}

impl Verdict {
    /// Looks a figure up; one that was not measured is an error, never a success.
    pub(super) fn of(result: &Value, row: &str, figure: &str) -> Result<Verdict> {
        let rows = result["rows"].as_array().context("the results have no rows")?;
        let found = rows.iter().find(|other| other["row"] == row);
        let found = found.with_context(|| format!("{row} was not measured"))?;
        if let Some(absent) = found["absent"].as_str() {
            anyhow::bail!("{row} was left out: {absent}");
        }
        let value = &found["figures"][figure];
        let missing = || format!("{row} has no {figure}");
        let bar = &value["bar"];
        let wanted = match (bar["least"].as_f64(), bar["most"].as_f64()) {
            (Some(least), _) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => anyhow::bail!(missing()),
        };
        Ok(Verdict {
            row: row.to_owned(),
            figure: figure.to_owned(),
            median: value["median"].as_f64().with_context(missing)?,
            wanted,
            is_reached: bar["reached"].as_bool().with_context(missing)?,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { row, figure, median, wanted, is_reached } = self;
        let word = if *is_reached { "reached" } else { "MISSED" };
        write!(f, "{word:<8} {row:<20} {figure:<18} {median:.3}, {wanted}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result(reached: bool) -> Value {
        let bar = json!({ "least": 0.75, "most": null, "gate": true, "reached": reached });
        json!({ "rows": [
            { "row": "send", "figures": { "share": { "median": 0.7, "bar": bar } } },
            { "row": "fly", "absent": "the server has no Fly" },
        ] })
    }

    #[test]
    fn a_bar_is_reached_or_missed() {
        assert!(Verdict::of(&result(true), "send", "share").unwrap().is_reached);
        let missed = Verdict::of(&result(false), "send", "share").unwrap();
        assert!(missed.to_string().starts_with("MISSED"), "{missed}");
    }

    #[test]
    fn what_was_not_measured_is_never_a_success() {
        for (row, figure) in [("send", "other"), ("fly", "share"), ("walk", "share")] {
            assert!(Verdict::of(&result(true), row, figure).is_err(), "{row} {figure}");
        }
    }
}
