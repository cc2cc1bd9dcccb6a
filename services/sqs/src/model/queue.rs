//! A queue, and what its changes do to it in memory.

use base::{Arn, Incarnation, SlotId, Timestamp};

use crate::error::Error;
use crate::model::backlog::Need;
use crate::model::change::{Change, Created, Defined};
use crate::model::crossing::Crossing;
use crate::model::need::{Found, Wanted};
use crate::model::purge::Purge;
use crate::model::receipt::{Receipt, Secret};
use crate::model::tags::Tags;
use crate::model::{Attributes, Messages};

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) incarnation: Incarnation,
    pub(crate) secret: Secret,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
    pub(crate) backlog: Messages,
    /// When the next sweep of expired messages is due; none while there is no message.
    pub(crate) sweep_at: Option<Timestamp>,
    /// The newest purge.
    pub(crate) purge: Option<Purge>,
    /// Messages that come from other queues and go to them.
    pub(crate) crossing: Crossing,
}

impl Queue {
    /// An empty one.
    pub(super) fn new(created: Created) -> Self {
        Queue {
            incarnation: created.incarnation,
            secret: created.secret,
            created: created.at,
            modified: created.at,
            backlog: Messages::new(&created.attributes),
            attributes: created.attributes,
            tags: created.tags,
            sweep_at: None,
            purge: None,
            crossing: Crossing::default(),
        }
    }

    /// A change in memory.
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Sent { position, stored, delayed_until, sweep_at } => {
                self.backlog.send(position, stored, delayed_until);
                self.sweep_at = sweep_at.or(self.sweep_at);
            }
            Change::Received(taken) => {
                self.crossing.relay_at = taken.relay_at.or(self.crossing.relay_at);
                self.backlog.apply_taken(taken);
            }
            Change::VisibilityChanged { position, visible_at } => {
                self.backlog.change_visibility(position, visible_at);
            }
            Change::Removed(position) => self.backlog.remove(position),
            Change::Swept { dead, cursor, next, .. } => {
                self.backlog.apply_expired(&dead, cursor);
                self.sweep_at = next;
            }
            Change::Defined(defined) => {
                self.backlog.set_delay(self.attributes.delay, defined.attributes.delay);
                self.modified = defined.modified;
                self.attributes = defined.attributes;
                self.tags = defined.tags;
                self.sweep_at = defined.sweep_at.or(self.sweep_at);
            }
            Change::Purged(purge) => {
                self.backlog.purge();
                self.sweep_at = None;
                self.purge = Some(purge);
            }
            Change::Trimmed { left, .. } => self.purge = Some(left),
            Change::Left(left) => {
                self.backlog.settle(&left.settled);
                self.crossing.relay_at = left.relay_at;
                self.sweep_at = left.sweep_at.or(self.sweep_at);
            }
            Change::Arrived { stream, highest } => {
                _ = self.crossing.streams.insert(stream, highest)
            }
            Change::Moving(task) => self.crossing.tasks.put(*task),
            Change::Remembered(together) => self.backlog.remember(together),
            Change::Forgotten { over, .. } => self.backlog.forget_seen(&over),
            Change::Created(_) | Change::Deleted { .. } | Change::Reclaimed(_) => {}
        }
    }

    /// Keeps what was fetched.
    pub(super) fn supply(&mut self, found: Found) {
        match found {
            Found::Backlog(supply) => self.backlog.supply(supply),
            Found::Dead { from, piece } => {
                if let Some(purge) = self.purge.as_mut().filter(|purge| purge.from == from) {
                    purge.found = Some(piece);
                }
            }
        }
    }

    /// What it is set to, as a change that changes nothing.
    pub(crate) fn defined(&self) -> Defined {
        Defined {
            modified: self.modified,
            attributes: self.attributes.clone(),
            tags: self.tags.clone(),
            sweep_at: None,
        }
    }

    /// What a decision about messages lacks.
    pub(crate) fn want(&self, need: Need) -> (Incarnation, Wanted) {
        (self.incarnation, Wanted::Backlog(need))
    }

    /// The receive that a handle was given for.
    pub(crate) fn open(&self, handle: &str) -> Result<Receipt, Error> {
        Receipt::open(handle, &self.incarnation, &self.secret)
            .ok_or_else(|| Error::ReceiptHandleIsInvalid(handle.to_owned()))
    }

    /// The slot that a queue of this name lives in.
    pub(crate) fn slot(arn: &Arn) -> SlotId {
        SlotId::of(arn.as_str())
    }
}
