//! Promises that were broken.

use std::fmt;

/// So many breaches of a kind are kept in words; the others are only counted.
const KEPT: u64 = 5;

/// A kind of broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breach {
    /// An acknowledged message is gone though nobody tried to delete it.
    Lost,
    /// A message came back after its deletion was acknowledged.
    Undone,
    /// A receive count was seen twice, or a lower one after a higher one.
    Backwards,
    /// A hidden message was received before its time.
    Early,
    /// A message is not what was sent.
    Changed,
    /// A request was refused though nothing was wrong with it.
    Refused,
}

impl Breach {
    /// Every kind.
    pub(super) const ALL: [Breach; 6] = [
        Breach::Lost,
        Breach::Undone,
        Breach::Backwards,
        Breach::Early,
        Breach::Changed,
        Breach::Refused,
    ];
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Breach::Lost => "acknowledged messages lost",
            Breach::Undone => "acknowledged deletes undone",
            Breach::Backwards => "receive counts that went backwards",
            Breach::Early => "hidden messages received too early",
            Breach::Changed => "messages that nobody sent",
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
