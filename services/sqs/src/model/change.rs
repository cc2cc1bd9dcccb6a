//! What may happen to a queue.

use base::{Incarnation, Timestamp};
use runtime::jobs::Timer;
use store::Position;

use crate::model::Attributes;
use crate::model::backlog::{Stored, Taken};
use crate::model::crossing::Left;
use crate::model::fifo::seen::{Together, TogetherKey};
use crate::model::purge::{Piece, Purge};
use crate::model::receipt::Secret;
use crate::model::tags::Tags;
use crate::model::tasks::Task;

/// What may happen to a queue. A change says all that its rows need: those of a plan are written from the
/// state before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It begins.
    Created(Box<Created>),
    /// It is set differently, or tagged.
    Defined(Box<Defined>),
    /// It ends at that time; its rows go later. With `remembered`, its name does too.
    Deleted { at: Timestamp, reclaim_at: Timestamp, remembered: bool },
    /// The rows of a former life are gone.
    Reclaimed(Timer),
    /// A message came. With `sweep_at`, a sweep is due then and not later, or not at all, as before.
    Sent {
        position: Position,
        stored: Stored,
        delayed_until: Option<Timestamp>,
        sweep_at: Option<Timestamp>,
    },
    /// Messages were received, or leave for another queue.
    Received(Taken),
    /// A message stays hidden until then.
    VisibilityChanged { position: Position, visible_at: Timestamp },
    /// A receiver is done with a message.
    Removed(Position),
    /// Messages whose retention was over are dropped; the next sweep is due then.
    Swept { done: Timer, dead: Vec<Position>, cursor: Position, next: Option<Timestamp> },
    /// All messages are gone; their rows go later.
    Purged(Purge),
    /// Rows of purged messages are gone; that is what is left to do.
    Trimmed { done: Timer, piece: Piece, left: Purge },
    /// Messages on their way to another queue have arrived there, or come back.
    Left(Box<Left>),
    /// A stream of messages from another queue was taken up to this number.
    Arrived { stream: Incarnation, highest: u64 },
    /// A move task begins, goes on or ends.
    Moving(Box<Task>),
    /// Messages that came must not be taken twice; never none, and one such change in a plan.
    Remembered(Together),
    /// Deduplication ids that are over are forgotten; the next ones are over then.
    Forgotten { done: Timer, over: Vec<TogetherKey>, next: Option<Timestamp> },
}

/// A new queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) incarnation: Incarnation,
    pub(crate) secret: Secret,
    pub(crate) at: Timestamp,
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
}

/// What a queue is set to from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defined {
    pub(crate) modified: Timestamp,
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
    /// When the next sweep is due, if that is sooner than before.
    pub(crate) sweep_at: Option<Timestamp>,
}
