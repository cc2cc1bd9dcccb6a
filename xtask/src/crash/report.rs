//! What a run says in the end.

use std::fmt;

use super::Kills;
use super::breach::Breach;
use super::fanout;
use super::ledger::{Ledger, Totals};

/// How often the program was killed, what it had acknowledged, and what of that was broken.
pub(super) struct Report {
    kills: Kills,
    totals: Totals,
    topics: fanout::Totals,
    broken: Vec<(Breach, u64)>,
    examples: Vec<String>,
}

impl Report {
    /// What the ledgers say after so many kills.
    pub(super) fn new(kills: Kills, queues: &Ledger, topics: &fanout::Ledger) -> Report {
        let both = [&queues.breaches, &topics.breaches];
        let count = |breach| both.iter().map(|breaches| breaches.count(breach)).sum();
        Report {
            kills,
            totals: queues.totals,
            topics: topics.totals,
            broken: Breach::ALL.map(|breach| (breach, count(breach))).to_vec(),
            examples: both.iter().flat_map(|breaches| breaches.examples.clone()).collect(),
        }
    }

    /// Whether every promise was kept, and there was something to keep.
    pub(super) fn is_clean(&self) -> bool {
        let acknowledged = [
            self.totals.sent,
            self.totals.sent_fifo,
            self.topics.published,
            self.topics.published_fifo,
        ];
        let is_something = acknowledged.iter().all(|count| *count > 0);
        is_something && self.broken.iter().all(|(_, count)| *count == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (totals, topics) = (&self.totals, &self.topics);
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
            (topics.published + topics.published_fifo, "acknowledged messages to topics"),
            (topics.published, "of them to the standard topic"),
            (topics.published_fifo, "of them to the FIFO topic"),
            (topics.duplicates, "published again and answered as duplicates"),
            (topics.untold, "messages that were published without an answer"),
            (topics.interrupted, "killed between the answer and the last delivery"),
            (topics.delivered, "deliveries to queues seen"),
            (topics.dead, "dead letters of topics seen"),
            (topics.owed_dead, "of them could be nowhere else"),
            (topics.changes, "subscriptions, queues and policies changed"),
            (totals.unanswered + topics.unanswered, "requests without an answer"),
        ];
        done.iter().try_for_each(|(count, what)| writeln!(f, "{count:>9}  {what}"))?;
        for (breach, count) in &self.broken {
            writeln!(f, "{count:>9}  {breach}")?;
        }
        self.examples.iter().try_for_each(|example| writeln!(f, "  {example}"))
    }
}
