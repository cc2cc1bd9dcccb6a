//! A queue as a lane: its state, its changes, and their rows.

use std::collections::BTreeMap;

use base::{Arn, Incarnation, SlotId, Timestamp};
use bytes::Bytes;
use runtime::due::DueEntry;
use runtime::{Lane, Ready, Rows, names};
use store::{Batch, KeyRange, PageLimit, Position, StoreError, Table};

use crate::error::Error;
use crate::keys::{self, Definition, Key, Marks, NameRow};
use crate::model::backlog::{Backlog, Need, Stored, Supply, Taken, Tracked, WINDOW};
use crate::model::receipt::{Receipt, Secret};
use crate::model::{Attributes, rows};

/// The lane of a queue's name: the queue, if there is one.
pub(crate) struct QueueLane {
    pub(crate) arn: Arn,
    pub(crate) queue: Option<Queue>,
    /// When the last queue of this name was deleted, while AWS's waiting period is remembered.
    pub(crate) deleted_at: Option<Timestamp>,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) incarnation: Incarnation,
    pub(crate) secret: Secret,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) attributes: Attributes,
    pub(crate) backlog: Backlog,
    /// When the next sweep of expired messages is due; none while there is no message.
    pub(crate) sweep_at: Option<Timestamp>,
}

/// What may happen to a queue. A change says all that its rows need: those of a plan are written from the
/// state before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It begins.
    Created(Box<Created>),
    /// It ends at that time; its rows go later. With `remembered`, its name does too.
    Deleted { at: Timestamp, reclaim_at: Timestamp, remembered: bool },
    /// The rows of a former life are gone.
    Reclaimed(DueEntry),
    /// A message came. With `sweep_at`, a sweep is due that was not before.
    Sent {
        position: Position,
        stored: Stored,
        delayed_until: Option<Timestamp>,
        sweep_at: Option<Timestamp>,
    },
    /// Messages were received.
    Received(Taken),
    /// A message stays hidden until then.
    VisibilityChanged { position: Position, visible_at: Timestamp },
    /// A receiver is done with a message.
    Removed(Position),
    /// Messages whose retention was over are dropped; the next sweep is due then.
    Swept { done: DueEntry, dead: Vec<Position>, cursor: Position, next: Option<Timestamp> },
}

/// A new queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) incarnation: Incarnation,
    pub(crate) secret: Secret,
    pub(crate) at: Timestamp,
    /// As the caller gave them.
    pub(crate) given: BTreeMap<String, String>,
    pub(crate) attributes: Attributes,
}

impl QueueLane {
    /// The queue, which must exist.
    pub(crate) fn queue(&self) -> Result<&Queue, Error> {
        self.queue.as_ref().ok_or(Error::QueueDoesNotExist)
    }

    async fn load_queue(
        arn: &Arn,
        incarnation: Incarnation,
        rows: &Rows,
    ) -> Result<Queue, StoreError> {
        let definition = rows.get(Table::Lane, Key::Definition.of(&incarnation)).await?;
        let definition = definition
            .ok_or_else(|| StoreError::Damaged(format!("{arn} has a name and no definition")))?;
        let definition: Definition = keys::decode(definition)?;
        let marks = rows.get(Table::Lane, Key::Marks.of(&incarnation)).await?;
        let marks: Marks = marks.map(keys::decode).transpose()?.unwrap_or_default();
        let last = rows.last_position(incarnation).await?.map_or(0, |last| last.0 + 1);
        let tail = Position(last.max(marks.tail));
        let tracked = load_tracked(incarnation, Position(marks.head), rows).await?;
        let secret = definition.secret[..].try_into();
        Ok(Queue {
            incarnation,
            secret: secret.map_err(|_| StoreError::Damaged(format!("the secret of {arn}")))?,
            created: Timestamp::from_millis(definition.created_ms),
            modified: Timestamp::from_millis(definition.modified_ms),
            attributes: Attributes::parse(&definition.attributes)
                .map_err(|error| StoreError::Damaged(format!("attributes of {arn}: {error}")))?,
            backlog: Backlog::load(&marks, tail, tracked),
            sweep_at: marks.sweep_ms.map(Timestamp::from_millis),
        })
    }
}

/// Reads the tracked messages, from the lowest position that may still be there.
async fn load_tracked(
    incarnation: Incarnation,
    head: Position,
    rows: &Rows,
) -> Result<Vec<(Position, Tracked)>, StoreError> {
    let mut tracked = Vec::new();
    let range = KeyRange::prefix(Key::all_tracked(&incarnation))
        .starting_at(Key::Tracked(head).of(&incarnation));
    rows.each(Table::Lane, range, |key, value| {
        tracked.push((Key::tracked_position(&key)?, Tracked::from_row(&keys::decode(value)?)));
        Ok(())
    })
    .await?;
    Ok(tracked)
}

impl Lane for QueueLane {
    type Change = Change;
    type Need = (Incarnation, Need);
    type Supply = (Incarnation, Supply);

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let mut lane = QueueLane { arn: arn.clone(), queue: None, deleted_at: None };
        let Some(name) = rows.get(Table::Names, names::key(arn)).await? else { return Ok(lane) };
        let name: NameRow = keys::decode(name)?;
        lane.deleted_at = name.deleted_ms.map(Timestamp::from_millis);
        if lane.deleted_at.is_none() {
            let incarnation = name.incarnation[..].try_into().map(Incarnation::from_bytes);
            let incarnation =
                incarnation.map_err(|_| StoreError::Damaged(format!("the name of {arn}")))?;
            lane.queue = Some(Self::load_queue(arn, incarnation, rows).await?);
        }
        Ok(lane)
    }

    async fn fetch(
        (incarnation, need): (Incarnation, Need),
        rows: &Rows,
    ) -> Result<(Incarnation, Supply), StoreError> {
        const PAGE: PageLimit = PageLimit { rows: 1000, bytes: WINDOW };
        let supply = match need {
            Need::Fresh { from, upto } => {
                let page = rows.read(incarnation, from, PAGE).await?;
                let records = page.records.into_iter().filter(|(position, _)| *position < upto);
                let records = read_records(records)?;
                let covered = records.last().map_or(upto, |(last, _)| last.next());
                let upto = if page.more { covered } else { upto };
                Supply::Fresh { from, upto, records }
            }
            Need::Returned(asked) => {
                let mut records = Vec::with_capacity(asked.len());
                for position in &asked {
                    let one = PageLimit { rows: 1, bytes: 1 };
                    let page = rows.read(incarnation, *position, one).await?;
                    records.extend(page.records.into_iter().filter(|(at, _)| at == position));
                }
                Supply::Returned { asked, records: read_records(records)? }
            }
        };
        Ok((incarnation, supply))
    }

    fn supply(&mut self, (incarnation, supply): (Incarnation, Supply)) {
        if let Some(queue) = self.queue.as_mut().filter(|queue| queue.incarnation == incarnation) {
            queue.backlog.supply(supply);
        }
    }

    fn observe(&mut self, now: Timestamp) {
        if let Some(queue) = &mut self.queue {
            queue.backlog.observe(now);
        }
    }

    fn write(&self, change: &Change, batch: &mut Batch) {
        rows::write(self, change, batch);
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Created(created) => {
                self.deleted_at = None;
                self.queue = Some(Queue::new(*created));
            }
            Change::Deleted { at, remembered, .. } => {
                self.queue = None;
                self.deleted_at = remembered.then_some(at);
            }
            Change::Reclaimed(_) => self.deleted_at = None,
            change => {
                if let Some(queue) = &mut self.queue {
                    queue.apply(change);
                }
            }
        }
    }

    /// Nobody needs to wait at a queue that is gone: there is an error for everyone.
    fn ready(&self) -> Ready {
        let Some(queue) = &self.queue else { return Ready { now: usize::MAX, next: None } };
        let visible = queue.backlog.counts().visible;
        Ready {
            now: usize::try_from(visible).unwrap_or(usize::MAX),
            next: queue.backlog.next_visible(),
        }
    }
}

fn read_records(
    records: impl IntoIterator<Item = (Position, Bytes)>,
) -> Result<Vec<(Position, Stored)>, StoreError> {
    records.into_iter().map(|(position, bytes)| Ok((position, Stored::read(bytes)?))).collect()
}

impl Queue {
    fn new(created: Created) -> Self {
        Queue {
            incarnation: created.incarnation,
            secret: created.secret,
            created: created.at,
            modified: created.at,
            attributes: created.attributes,
            backlog: Backlog::default(),
            sweep_at: None,
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Sent { position, stored, delayed_until, sweep_at } => {
                self.backlog.send(position, stored, delayed_until);
                self.sweep_at = self.sweep_at.or(sweep_at);
            }
            Change::Received(taken) => self.backlog.apply_taken(taken),
            Change::VisibilityChanged { position, visible_at } => {
                self.backlog.change_visibility(position, visible_at);
            }
            Change::Removed(position) => self.backlog.remove(position),
            Change::Swept { dead, cursor, next, .. } => {
                self.backlog.apply_expired(&dead, cursor);
                self.sweep_at = next;
            }
            Change::Created(_) | Change::Deleted { .. } | Change::Reclaimed(_) => {}
        }
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
