//! Promises that were broken.

use std::fmt;

/// So many breaches of a kind are kept in words; the others are only counted.
const KEPT: u64 = 5;

/// A kind of broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breach {
    /// An acknowledged message is gone though nobody tried to delete it.
    Lost,
    /// A message is there twice: in two queues, or under two message ids.
    Doubled,
    /// A message came back after its deletion was acknowledged.
    Undone,
    /// A receive count was seen twice, or a lower one after a higher one.
    Backwards,
    /// A receive count is higher than there were receives.
    Counted,
    /// A hidden or delayed message was received before its time.
    Early,
    /// A message is not what was sent.
    Changed,
    /// A message of a FIFO group came out of its turn.
    Order,
    /// A message of a FIFO group came while an earlier one was in flight.
    Overtaken,
    /// A message went to the dead-letter queue though it could have been received once more.
    Premature,
    /// A message was received though it should have gone to the dead-letter queue.
    Overdue,
    /// A published message is missing where it is owed.
    Undelivered,
    /// A message that could not be delivered is not in the dead-letter queue.
    Unburied,
    /// A published message came to a queue twice, or was answered as two messages.
    Multiplied,
    /// A published message came to a subscription whose filter does not take it.
    Unfiltered,
    /// A message came that was published while there was no subscription.
    Uninvited,
    /// A message is in the dead-letter queue though its own queue took it, or the other way round.
    Misplaced,
    /// A message came that is not what was published.
    Invented,
    /// A message of a group of a FIFO topic came out of its turn.
    Disordered,
    /// A request was refused though nothing was wrong with it.
    Refused,
}

impl Breach {
    /// Every kind.
    pub(super) const ALL: [Breach; 20] = [
        Breach::Lost,
        Breach::Doubled,
        Breach::Undone,
        Breach::Backwards,
        Breach::Counted,
        Breach::Early,
        Breach::Changed,
        Breach::Order,
        Breach::Overtaken,
        Breach::Premature,
        Breach::Overdue,
        Breach::Undelivered,
        Breach::Unburied,
        Breach::Multiplied,
        Breach::Unfiltered,
        Breach::Uninvited,
        Breach::Misplaced,
        Breach::Invented,
        Breach::Disordered,
        Breach::Refused,
    ];
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Breach::Lost => "acknowledged messages lost",
            Breach::Doubled => "messages that are there twice",
            Breach::Undone => "acknowledged deletes undone",
            Breach::Backwards => "receive counts that went backwards",
            Breach::Counted => "receive counts without receives",
            Breach::Early => "hidden messages received too early",
            Breach::Changed => "messages that nobody sent",
            Breach::Order => "messages of a group out of order",
            Breach::Overtaken => "messages before an earlier one in flight",
            Breach::Premature => "dead letters before their time",
            Breach::Overdue => "dead letters that were still received",
            Breach::Undelivered => "published messages that are missing",
            Breach::Unburied => "dead letters of topics that are missing",
            Breach::Multiplied => "published messages that are there twice",
            Breach::Unfiltered => "deliveries that a filter does not take",
            Breach::Uninvited => "deliveries without a subscription",
            Breach::Misplaced => "deliveries to the wrong one of two queues",
            Breach::Invented => "deliveries that nobody published",
            Breach::Disordered => "published messages out of order",
            Breach::Refused => "requests refused without reason",
        })
    }
}

/// All that was broken.
#[derive(Default)]
pub(super) struct Breaches {
    counts: [u64; Breach::ALL.len()],
    /// The first few of each kind, in words.
    pub(super) examples: Vec<String>,
}

impl Breaches {
    /// One more.
    pub(super) fn add(&mut self, breach: Breach, what: String) {
        self.counts[breach as usize] += 1;
        if self.counts[breach as usize] <= KEPT {
            self.examples.push(format!("{breach}: {what}"));
        }
    }

    /// How many of a kind there were.
    pub(super) fn count(&self, breach: Breach) -> u64 {
        self.counts[breach as usize]
    }
}
