//! The bars: what each row must reach on two cores, the client on the same machine. They are data:
//! `bench/bars.json`.

use anyhow::Context;
use serde::Deserialize;

use crate::statistics::Spread;

const BARS: &str = include_str!("../bars.json");

/// What a figure of a row must reach.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bar {
    /// The service whose row it is.
    pub service: String,
    /// The row's name.
    pub row: String,
    /// The figure's name.
    pub figure: String,
    /// It must not be lower.
    pub least: Option<f64>,
    /// It must not be higher.
    pub most: Option<f64>,
    /// Whether `cargo xtask bench --gate` looks at it: those that can be carried to another machine.
    pub gate: bool,
}

impl Bar {
    /// All of them.
    pub(crate) fn all() -> anyhow::Result<Vec<Bar>> {
        serde_json::from_str(BARS).context("bench/bars.json")
    }

    /// Whether the median reaches it.
    pub(crate) fn is_reached(&self, spread: &Spread) -> bool {
        self.least.is_none_or(|least| spread.median >= least)
            && self.most.is_none_or(|most| spread.median <= most)
    }

    /// As it is shown.
    pub(crate) fn shown(&self) -> String {
        match (self.least, self.most) {
            (Some(least), _) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => "none".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Service;

    #[test]
    fn every_bar_is_about_a_row_and_says_what_it_wants() {
        for bar in Bar::all().unwrap() {
            let service = Service::ALL.into_iter().find(|service| service.name() == bar.service);
            let mut rows = service.unwrap().rows().into_iter();
            assert!(rows.any(|row| row.name == bar.row), "{}", bar.row);
            assert!(bar.least.is_some() != bar.most.is_some(), "{}", bar.row);
        }
    }

    #[test]
    fn the_median_decides() {
        let none = String::new;
        let bar = |least, most| Bar {
            service: none(),
            row: none(),
            figure: none(),
            least,
            most,
            gate: true,
        };
        let spread = Spread { median: 0.75, low: 0.1, high: 0.9 };
        assert!(bar(Some(0.75), None).is_reached(&spread));
        assert!(!bar(Some(0.76), None).is_reached(&spread));
        assert!(bar(None, Some(0.75)).is_reached(&spread));
        assert!(!bar(None, Some(0.74)).is_reached(&spread));
    }
}
