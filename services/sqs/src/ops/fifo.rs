//! What senders to FIFO queues give beside the message, and what a queue makes of it.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use base::Arn;
use runtime::Moment;

use crate::error::Error;
use crate::limits;
use crate::model::change::Remembered;
use crate::model::fifo::attributes::{FifoAttributes, Scope};
use crate::model::fifo::seen::{self, Original, SeenKey};
use crate::model::name::is_fifo;
use crate::model::{Change, Queue};
use crate::ops::sending::Sending;

/// The group and the deduplication id that a sender gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    pub(super) group: Option<String>,
    pub(super) deduplication: Option<String>,
}

/// How a message is known again: hashed before the lane is entered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    /// Whether the sender gave the deduplication id, or it is the hash of the body.
    is_given: bool,
    in_queue: SeenKey,
    in_group: SeenKey,
}

impl Ids {
    /// Checks them for a queue, and hashes them. A standard queue knows no deduplication ids.
    pub(super) fn check(&self, queue: &Arn, body: &str) -> Result<Option<Keys>, Error> {
        check_id("MessageGroupId", self.group.as_deref())?;
        check_id("MessageDeduplicationId", self.deduplication.as_deref())?;
        match (&self.group, is_fifo(queue)) {
            (None, true) => Err(Error::MissingParameter("MessageGroupId".into())),
            (Some(group), true) => Ok(Some(self.keys(group, body))),
            (_, false) if self.deduplication.is_some() => {
                let id = self.deduplication.clone().unwrap_or_default();
                Err(not_valid_for_type("MessageDeduplicationId", id))
            }
            (_, false) => Ok(None),
        }
    }

    fn keys(&self, group: &str, body: &str) -> Keys {
        let is_given = self.deduplication.is_some();
        let id = self.deduplication.clone().unwrap_or_else(|| seen::content_id(body));
        let (in_queue, in_group) = (seen::key(None, &id), seen::key(Some(group), &id));
        Keys { is_given, in_queue, in_group }
    }
}

/// Checks an id's characters and length.
pub(super) fn check_id(parameter: &'static str, id: Option<&str>) -> Result<(), Error> {
    let is_sound =
        |id: &str| limits::FIFO_ID.contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    let Some(id) = id.filter(|id| !is_sound(id)) else { return Ok(()) };
    let reason = format!(
        "{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length."
    );
    Err(Error::InvalidValue { parameter, value: id.to_owned(), reason })
}

/// A parameter that a queue of this type does not know.
pub(super) fn not_valid_for_type(parameter: &'static str, value: String) -> Error {
    let reason = "The request include parameter that is not valid for this queue type.".into();
    Error::InvalidValue { parameter, value, reason }
}

/// What is known already of a message.
pub(super) enum Verdict {
    /// It is a duplicate of this one: nothing is delivered.
    Duplicate(Original),
    /// It is new; from now on it is known by this key.
    New(SeenKey),
}

/// Judges a message by what was sent before, in the same plan too.
pub(super) fn judge(
    queue: &Queue,
    attributes: &FifoAttributes,
    moment: Moment<'_>,
    changes: &[Change],
    sending: &Sending,
) -> Result<Verdict, Error> {
    let keys = sending.keys.ok_or_else(|| Error::MissingParameter("MessageGroupId".into()))?;
    // A delay of zero is no delay, and taken.
    if let Some(delay) = sending.delay.filter(|delay| delay.millis() > 0) {
        return Err(not_valid_for_type("DelaySeconds", delay.seconds().to_string()));
    }
    if !keys.is_given && !attributes.content_based {
        return Err(Error::InvalidParameter(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly".into(),
        ));
    }
    let key = match attributes.scope {
        Scope::Queue => keys.in_queue,
        Scope::Group => keys.in_group,
    };
    let in_plan = changes.iter().find_map(|change| match change {
        Change::Remembered(remembered) if remembered.key == key => Some(remembered.original),
        _ => None,
    });
    let seen = queue.backlog.fifo().and_then(|fifo| fifo.seen.find(&key, moment.now));
    let original = in_plan.or(seen.copied());
    Ok(original.map_or(Verdict::New(key), Verdict::Duplicate))
}

/// The change by which a queue knows a message again for five minutes.
pub(super) fn remember(
    key: SeenKey,
    moment: Moment<'_>,
    accepted: (uuid::Uuid, store::Position),
) -> Change {
    let (id, position) = accepted;
    let until = moment.now + limits::DEDUPLICATION;
    Change::Remembered(Remembered { key, original: Original { id, position, until } })
}

/// A `SequenceNumber`: twenty digits, rising with the position.
pub(super) fn sequence_number(position: store::Position) -> String {
    const FIRST: u64 = 10_000_000_000_000_000_000;
    (FIRST + position.0).to_string()
}
