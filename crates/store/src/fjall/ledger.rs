//! How many changes are on disk, as the writer counts them, and the thread that tells the witness.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use base::clock::Stopwatch;

use super::witness::Witness;

/// The thread's name, as operators see it.
const NAME: &str = "store witness";

/// The writer's count.
pub(super) struct Ledger {
    count: Count,
    interval: f64,
    told: u64,
    since_told: Stopwatch,
    teller: Teller,
}

impl Ledger {
    /// Goes on from so many changes, and tells the witness once in `interval` seconds.
    pub(super) fn open(found: u64, witness: Witness, interval: f64) -> io::Result<Self> {
        let count = Count { committed: found, synced: 0 };
        let teller = Teller::start(witness)?;
        Ok(Ledger { count, interval, told: 0, since_told: Stopwatch::start(), teller })
    }

    /// So many changes more were committed, after whatever was committed before them was synced.
    pub(super) fn committed(&mut self, changes: usize, is_synced: bool) {
        self.count.add(changes as u64, is_synced);
        self.tell();
    }

    /// Tells the witness, if there is news and it is time.
    pub(super) fn tell(&mut self) {
        let is_time = self.count.synced > self.told && self.since_told.seconds() >= self.interval;
        if is_time && self.teller.tell(self.count.synced) {
            self.told = self.count.synced;
            self.since_told = Stopwatch::start();
        }
    }

    /// Everything was synced, and nothing will be committed any more.
    pub(super) fn close(&mut self) {
        self.count.synced = self.count.committed;
        if self.count.synced > self.told {
            self.teller.tell_last(self.count.synced);
        }
    }
}

/// Changes, by what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    committed: u64,
    /// At first nothing: what was found may not be on disk before something is synced after it.
    synced: u64,
}

impl Count {
    fn add(&mut self, changes: u64, is_synced: bool) {
        let before = self.committed;
        self.committed += changes;
        self.synced = if is_synced { self.committed } else { before };
    }
}

/// The near end of the thread. When it is dropped, what the thread was told is written first.
struct Teller {
    numbers: Option<SyncSender<u64>>,
    thread: Option<JoinHandle<()>>,
}

impl Teller {
    fn start(witness: Witness) -> io::Result<Self> {
        // One number may wait while another is written.
        let (numbers, told) = sync_channel(1);
        let thread = Builder::new().name(NAME.to_owned()).spawn(move || run(witness, &told))?;
        Ok(Teller { numbers: Some(numbers), thread: Some(thread) })
    }

    /// Does not wait; says whether the thread had room for the number.
    fn tell(&self, changes: u64) -> bool {
        self.numbers.as_ref().is_some_and(|numbers| numbers.try_send(changes).is_ok())
    }

    /// Waits until the thread has room.
    fn tell_last(&self, changes: u64) {
        if let Some(numbers) = &self.numbers {
            // The thread ends after this end of the channel; if it has panicked, the drop says so.
            let _ = numbers.send(changes);
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.numbers = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's witness panicked");
        }
    }
}

fn run(mut witness: Witness, told: &Receiver<u64>) {
    while let Ok(changes) = told.recv() {
        if let Err(error) = witness.write(changes) {
            tracing::warn!(%error, "the witness cannot be written: it does not see the loss of newer changes");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_counts_as_synced_once_something_is_synced_after_it() {
        let mut count = Count { committed: 7, synced: 0 };
        count.add(0, true);
        assert_eq!(count, Count { committed: 7, synced: 7 });
    }

    #[test]
    fn a_commit_that_is_not_synced_counts_once_the_next_one_is_written() {
        let mut count = Count { committed: 7, synced: 7 };
        count.add(2, false);
        assert_eq!(count, Count { committed: 9, synced: 7 });
        // The writer has synced it before it wrote this one.
        count.add(1, false);
        assert_eq!(count, Count { committed: 10, synced: 9 });
        count.add(1, true);
        assert_eq!(count, Count { committed: 11, synced: 11 });
    }

    #[test]
    fn the_last_word_is_on_disk_when_the_ledger_is_gone() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("WITNESS");
        let mut ledger =
            Ledger::open(7, Witness::create(&path).expect("it is made"), 1.0).expect("it");
        ledger.committed(3, false);
        ledger.close();
        drop(ledger);
        let witness = Witness::open(&path).ok().flatten().expect("it is there");
        assert!(witness.expect(10, &path).is_ok() && witness.expect(9, &path).is_err());
    }
}
