//! What a run says in the end.

use std::fmt;

use super::breach::Breach;
use super::ledger::{Ledger, Totals};

/// How often the program was killed, what it had acknowledged, and what of that was broken.
pub(super) struct Report {
    kills: u32,
    totals: Totals,
    broken: Vec<(Breach, u64)>,
    examples: Vec<String>,
}

impl Report {
    /// What the ledger says after so many kills.
    pub(super) fn new(kills: u32, ledger: &Ledger) -> Report {
        Report {
            kills,
            totals: ledger.totals,
            broken: Breach::ALL.map(|breach| (breach, ledger.breaches.count(breach))).to_vec(),
            examples: ledger.breaches.examples.clone(),
        }
    }

    /// Whether every promise was kept, and there was something to keep.
    pub(super) fn is_clean(&self) -> bool {
        self.totals.sent > 0 && self.broken.iter().all(|(_, count)| *count == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9}  kills", self.kills)?;
        writeln!(f, "{:>9}  acknowledged sends", self.totals.sent)?;
        writeln!(f, "{:>9}  messages received", self.totals.received)?;
        writeln!(f, "{:>9}  acknowledged deletes", self.totals.deleted)?;
        writeln!(f, "{:>9}  requests without an answer", self.totals.unanswered)?;
        for (breach, count) in &self.broken {
            writeln!(f, "{count:>9}  {breach}")?;
        }
        self.examples.iter().try_for_each(|example| writeln!(f, "  {example}"))
    }
}
