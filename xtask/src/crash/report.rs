//! What a run says in the end.

use std::fmt;

use super::Kills;
use super::breach::Breach;
use super::ledger::{Ledger, Totals};

/// How often the program was killed, what it had acknowledged, and what of that was broken.
pub(super) struct Report {
    kills: Kills,
    totals: Totals,
    broken: Vec<(Breach, u64)>,
    examples: Vec<String>,
}

impl Report {
    /// What the ledger says after so many kills.
    pub(super) fn new(kills: Kills, ledger: &Ledger) -> Report {
        Report {
            kills,
            totals: ledger.totals,
            broken: Breach::ALL.map(|breach| (breach, ledger.breaches.count(breach))).to_vec(),
            examples: ledger.breaches.examples.clone(),
        }
    }

    /// Whether every promise was kept, and there was something to keep.
    pub(super) fn is_clean(&self) -> bool {
        let is_something = self.totals.sent > 0 && self.totals.sent_fifo > 0;
        is_something && self.broken.iter().all(|(_, count)| *count == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = &self.totals;
        let done = [
            (self.kills.all.into(), "kills"),
            (self.kills.early.into(), "of them within 50 ms after a start"),
            (totals.sent_in_all(), "acknowledged sends"),
            (totals.sent, "of them to standard queues"),
            (totals.sent_fifo, "of them to FIFO queues"),
            (totals.repeated, "sends to FIFO queues repeated"),
            (totals.duplicates, "of them answered as duplicates"),
            (totals.received, "messages received from standard queues"),
            (totals.received_fifo, "messages received from FIFO queues"),
            (totals.deleted, "acknowledged deletes"),
            (totals.hidden, "acknowledged visibility changes"),
            (totals.expired, "handles that were out of date"),
            (totals.dead, "dead letters seen"),
            (totals.moves, "acknowledged move tasks"),
            (totals.moved, "moved messages seen"),
            (totals.unanswered, "requests without an answer"),
        ];
        done.iter().try_for_each(|(count, what)| writeln!(f, "{count:>9}  {what}"))?;
        for (breach, count) in &self.broken {
            writeln!(f, "{count:>9}  {breach}")?;
        }
        self.examples.iter().try_for_each(|example| writeln!(f, "  {example}"))
    }
}
