//! Errands that wait for their turn, line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;

use crate::due::{DueEntry, DueHandler, Line, Row};

/// Something that is due, and who does it.
pub(super) struct Errand {
    pub(super) handler: Arc<dyn DueHandler>,
    pub(super) entry: DueEntry,
    pub(super) slot: SlotId,
    pub(super) row: Row,
}

/// In which line of which service, and whose: what is free again once the errand has ended.
pub(super) type Place = (LineKey, Bytes);
type LineKey = (Box<str>, u8);

/// All lines.
#[derive(Default)]
pub(super) struct Waiting {
    lines: BTreeMap<LineKey, Queue>,
    count: usize,
}

/// The errands of one line, the oldest first; one that is read twice stands there once.
#[derive(Default)]
struct Queue {
    waiting: BTreeMap<Bytes, Errand>,
    /// Whose errands are being done.
    busy: BTreeSet<Bytes>,
    at_once: usize,
}

impl Waiting {
    /// How many wait.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn add(&mut self, errand: Errand) {
        let Line { number, at_once } = errand.handler.line(errand.entry.what);
        let service = errand.entry.arn.service().into();
        let queue = self.lines.entry((service, number)).or_default();
        queue.at_once = at_once.max(1);
        let is_new = queue.waiting.insert(errand.row.0.clone(), errand).is_none();
        self.count += usize::from(is_new);
    }

    /// The oldest errand of a line that has room, of a thing that has none on the way there.
    pub(super) fn next(&mut self) -> Option<(Place, Errand)> {
        let mut lines = self.lines.iter_mut();
        let (line, (life, errand)) =
            lines.find_map(|(line, queue)| Some((line.clone(), queue.next()?)))?;
        self.count -= 1;
        Some(((line, life), errand))
    }

    /// An errand has ended.
    pub(super) fn ended(&mut self, (line, life): &Place) {
        if let Some(queue) = self.lines.get_mut(line) {
            queue.busy.remove(life);
        }
    }
}

impl Queue {
    fn next(&mut self) -> Option<(Bytes, Errand)> {
        if self.busy.len() >= self.at_once {
            return None;
        }
        let is_free = |key: &&Bytes| !self.busy.contains(&life(key));
        let key = self.waiting.keys().find(is_free)?.clone();
        let errand = self.waiting.remove(&key)?;
        let life = life(&key);
        self.busy.insert(life.clone());
        Some((life, errand))
    }
}

/// Whose row it is: the part of the key behind the time.
fn life(key: &Bytes) -> Bytes {
    key.slice(key.len().min(8)..key.len().min(24))
}
