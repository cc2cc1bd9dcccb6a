//! The one thread that writes.
//!
//! It takes whatever has been submitted meanwhile, by all slots, writes it as one commit with one sync,
//! and wakes those who waited for it. While it syncs, the next commit gathers: the slower the disk, the
//! larger the commits.
//!
//! A commit of which every batch asked for [`Durability::Process`] only is answered before it is synced,
//! and synced before the next one is written. So at any time at most one commit is not on disk, and it is
//! the last one: that is what `journal.rs` relies on to tell a torn tail from damage.

use std::sync::Arc;

use base::clock::Stopwatch;
use base::{SLOTS, SlotId};

use super::Shared;
use super::engine::{Draft, Engine, Standing};
use super::group::{Finished, Group};
use super::ledger::Ledger;
use super::lookout::Lookout;
use super::queue::{Acquire, Entry, Rows, Write};
use crate::commits::{Commits, closed};
use crate::{CommitError, CommitNumber, Durability, Epoch, StoreError};

/// The thread's name, as operators see it.
pub(super) const NAME: &str = "store writer";

struct Writer {
    shared: Arc<Shared>,
    engine: Arc<Engine>,
    /// The present owner of each slot.
    owners: Vec<Option<Arc<Commits>>>,
    group: Option<Group>,
    /// The last commit was not synced.
    is_unsynced: bool,
    lookout: Lookout,
    ledger: Ledger,
    result: Result<(), StoreError>,
}

impl Writer {
    fn new(shared: Arc<Shared>, engine: Arc<Engine>, ledger: Ledger) -> Self {
        let lookout = Lookout::new(shared.clone(), engine.clone());
        Writer {
            shared,
            engine,
            owners: vec![None; usize::from(SLOTS)],
            group: None,
            is_unsynced: false,
            lookout,
            ledger,
            result: Ok(()),
        }
    }

    /// Writes until the store is closed.
    fn run(mut self) -> Result<(), StoreError> {
        let mut entries = Vec::new();
        loop {
            let is_closing = self.shared.queue.take(&mut entries, self.lookout.patience());
            if is_closing && entries.is_empty() {
                return self.finish();
            }
            self.lookout.look();
            self.ledger.tell();
            self.take_all(&mut entries);
        }
    }

    fn take_all(&mut self, entries: &mut Vec<Entry>) {
        let mut requests = Vec::new();
        for entry in entries.drain(..) {
            match entry {
                Entry::Write(write) => {
                    self.acquire(&mut requests);
                    self.take(write);
                }
                Entry::Acquire(request) => {
                    self.commit();
                    if requests.iter().any(|other: &Acquire| other.slot == request.slot) {
                        self.acquire(&mut requests);
                    }
                    requests.push(request);
                }
            }
        }
        self.acquire(&mut requests);
        self.commit();
    }

    /// Adds a batch to the commit, if its owner still is one.
    fn take(&mut self, write: Write) {
        let slot = write.commits.slot();
        let is_owner = |owner: &Arc<Commits>| Arc::ptr_eq(owner, &write.commits);
        let is_owned = self.owners[slot.index()].as_ref().is_some_and(is_owner);
        match write.change {
            Ok(rows) => {
                self.shared.queue.forget(rows.bytes);
                if is_owned && !write.commits.failed() {
                    self.add(slot, write.number, rows);
                }
            }
            Err(error) => {
                // In its place: what came before it still succeeds.
                self.commit();
                write.commits.fail(error);
            }
        }
    }

    fn add(&mut self, slot: SlotId, number: CommitNumber, rows: Rows) {
        let group = self.group.get_or_insert_with(|| Group::new(&self.engine));
        group.add(&self.engine, slot, number, rows);
        if group.bytes() >= self.shared.commit_bytes {
            self.commit();
        }
    }

    /// Writes what has been gathered, and wakes those who wait for it.
    fn commit(&mut self) {
        let Some(group) = self.group.take() else { return };
        let (batches, bytes, level) = (group.batches(), group.bytes(), group.level());
        let Finished { draft, reached, trimmed } = match group.finish(&self.engine) {
            Ok(finished) => finished,
            Err(error) => return drop(self.breaks(error.to_string())),
        };
        let watch = Stopwatch::start();
        if self.write(draft, batches, level).is_err() {
            return;
        }
        let seconds = watch.seconds();
        self.lookout.written(bytes);
        self.shared.garbage.released(trimmed);
        self.shared.meter.count(batches, bytes);
        for (slot, number) in reached {
            if let Some(owner) = &self.owners[slot.index()] {
                owner.complete(number);
            }
        }
        self.shared.observer.committed(batches, bytes, seconds);
    }

    fn write(&mut self, draft: Draft, changes: usize, level: Durability) -> Result<(), StoreError> {
        if let Err(StoreError::Broken(reason)) = &self.result {
            return Err(StoreError::Broken(reason.clone()));
        }
        let synced = if self.is_unsynced { self.engine.sync() } else { Ok(()) };
        match synced.and_then(|()| self.engine.commit(draft, level)) {
            Ok(()) => {
                self.is_unsynced = level == Durability::Process;
                self.ledger.committed(changes, !self.is_unsynced);
                Ok(())
            }
            Err(reason) => Err(self.breaks(reason)),
        }
    }

    /// The engine cannot go on: nothing is answered with success any more.
    fn breaks(&mut self, reason: String) -> StoreError {
        tracing::error!(reason, "the store is broken");
        let error = StoreError::Broken(reason.clone());
        self.result = Err(error.clone());
        for owner in self.owners.iter().flatten() {
            owner.fail(CommitError::Broken(reason.clone()));
        }
        self.shared.observer.broken(&reason);
        error
    }

    /// Makes new owners, all in one commit: a node that starts asks for all slots at once.
    fn acquire(&mut self, requests: &mut Vec<Acquire>) {
        if requests.is_empty() {
            return;
        }
        let mut draft = self.engine.draft(requests.len());
        let mut terms = Vec::with_capacity(requests.len());
        for request in requests.drain(..) {
            match self.engine.standing(request.slot) {
                Ok(Standing { epoch, last }) => {
                    let epoch = Epoch(epoch.0 + 1);
                    self.engine.add_epoch(&mut draft, request.slot, epoch, request.node);
                    terms.push((request, epoch, last));
                }
                Err(error) => drop(request.answer.send(Err(error))),
            }
        }
        let written = self.write(draft, 0, Durability::Disk);
        for (request, epoch, last) in terms {
            let owner = written.clone().map(|()| self.enthrone(request.slot, epoch, last));
            // Who does not wait for it any more has raised the epoch all the same.
            let _ = request.answer.send(owner);
        }
    }

    fn enthrone(&mut self, slot: SlotId, epoch: Epoch, last: CommitNumber) -> Arc<Commits> {
        let owner = Arc::new(Commits::new(slot, epoch, last));
        if let Some(former) = self.owners[slot.index()].replace(owner.clone()) {
            former.fail(CommitError::Fenced);
        }
        owner
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        self.result.clone()?;
        self.engine.sync().map_err(|reason| self.breaks(reason))?;
        self.ledger.close();
        Ok(())
    }
}

/// However the thread ends, nobody waits for ever.
impl Drop for Writer {
    fn drop(&mut self) {
        for owner in self.owners.iter().flatten() {
            owner.fail(closed());
        }
    }
}

/// Writes until the store is closed.
pub(super) fn run(shared: Arc<Shared>, engine: Arc<Engine>, ledger: Ledger) {
    let panicked = Err(StoreError::Broken("its writer panicked".to_owned()));
    let mut end = End { shared: shared.clone(), result: panicked };
    end.result = Writer::new(shared, engine, ledger).run();
}

/// However the thread ends, nobody submits into the void, and the directory is free for others.
struct End {
    shared: Arc<Shared>,
    result: Result<(), StoreError>,
}

impl Drop for End {
    fn drop(&mut self) {
        self.shared.forget_engine();
        self.shared.queue.ended(&self.result);
    }
}
