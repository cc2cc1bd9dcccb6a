//! What is done with messages that were received.

use super::Run;
use super::client::{Client, Failure};
use super::ledger::{Began, Held, Ledger};
use super::worker::seconds;

/// What is said of a message that was deleted meanwhile, that is hidden no longer, or that somebody else
/// has received.
const NOT_OURS_ANY_MORE: [&str; 3] = [
    "Message does not exist or is not available for visibility timeout change",
    "The specified message isn't in flight",
    "The receipt handle has expired",
];

/// What is to be done with a message in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is deleted.
    Delete,
    /// It is hidden for so many seconds from now on.
    Hide(u32),
}

impl Fate {
    /// Does it with messages of one queue, and writes what came of it into the ledger.
    pub(super) fn befall(
        self,
        run: &Run,
        client: &mut Client,
        held: &[Held],
    ) -> Result<(), Failure> {
        let Some(queue) = held.first().map(|held| held.queue) else { return Ok(()) };
        let handles: Vec<&str> = held.iter().map(|held| held.handle.as_str()).collect();
        let began = run.ledger(|ledger| {
            let began = ledger.begins();
            held.iter().for_each(|held| self.begins(ledger, began, held));
            began
        });
        let answer = match self {
            Fate::Delete => client.delete(&queue.url(), &handles),
            Fate::Hide(seconds) => client.hide(&queue.url(), &handles, seconds),
        };
        run.ledger(|ledger| match answer {
            Ok(entries) => {
                for (held, entry) in held.iter().zip(entries) {
                    self.ends(ledger, began, held, entry);
                }
                Ok(())
            }
            Err(failure) => {
                if self == Fate::Delete {
                    held.iter().for_each(|held| ledger.delete_lost(held));
                }
                Err(failure)
            }
        })
    }

    fn begins(self, ledger: &mut Ledger, began: Began, held: &Held) {
        match self {
            Fate::Delete => ledger.delete_begins(held),
            Fate::Hide(hidden) => ledger.hide_begins(began, held, seconds(hidden)),
        }
    }

    fn ends(self, ledger: &mut Ledger, began: Began, held: &Held, entry: Result<(), String>) {
        match (self, entry) {
            (Fate::Delete, Ok(())) => ledger.deleted(began, held),
            (Fate::Hide(hidden), Ok(())) => ledger.hidden(began, held, seconds(hidden)),
            (fate, Err(why)) => {
                if fate == Fate::Delete {
                    ledger.delete_refused(held);
                }
                if NOT_OURS_ANY_MORE.iter().any(|no| why.contains(no)) {
                    ledger.expired(began, held, &why);
                } else {
                    ledger.refused(why);
                }
            }
        }
    }
}
