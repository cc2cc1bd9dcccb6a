//! What senders to FIFO queues give beside the message, and what a queue makes of it.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use base::Arn;
use runtime::Moment;

use crate::error::Error;
use crate::limits;
use crate::model::fifo::attributes::{FifoAttributes, Scope};
use crate::model::fifo::seen::{self, Original, SeenKey, Together};
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
pub(crate) struct Keys {
    origin: Origin,
    in_queue: SeenKey,
    in_group: SeenKey,
}

/// Where a message's deduplication id comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Its sender gave it.
    Given,
    /// It is the hash of the body.
    Body,
    /// It comes from another queue, which has the id of each message once.
    Crossing,
}

impl Keys {
    fn new(origin: Origin, group: &str, id: &str) -> Self {
        let (in_queue, in_group) = (seen::key(None, id), seen::key(Some(group), id));
        Keys { origin, in_queue, in_group }
    }

    /// Those of a message that comes from another queue under this id. It is no duplicate of anything: its
    /// stream's numbers see to it that it is taken once, and it would be lost otherwise. Whoever sends its
    /// id afterwards sends a duplicate.
    pub(crate) fn crossing(group: &str, id: &str) -> Self {
        Keys::new(Origin::Crossing, group, id)
    }
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
        match &self.deduplication {
            Some(id) => Keys::new(Origin::Given, group, id),
            None => Keys::new(Origin::Body, group, &seen::content_id(body)),
        }
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
    if keys.origin == Origin::Body && !attributes.content_based {
        return Err(Error::InvalidParameter(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly".into(),
        ));
    }
    let key = match attributes.scope {
        Scope::Queue => keys.in_queue,
        Scope::Group => keys.in_group,
    };
    if keys.origin == Origin::Crossing {
        return Ok(Verdict::New(key));
    }
    let in_plan = changes.iter().find_map(|change| match change {
        Change::Remembered(together) => together.find(&key),
        _ => None,
    });
    let seen = queue.backlog.fifo().and_then(|fifo| fifo.seen.find(&key, moment.now));
    let original = in_plan.or(seen);
    Ok(original.map_or(Verdict::New(key), Verdict::Duplicate))
}

/// Adds to the change by which a queue knows the messages of a plan again for five minutes.
pub(super) fn remember(
    changes: &mut Vec<Change>,
    key: SeenKey,
    moment: Moment<'_>,
    original: Original,
) {
    let together = changes.iter_mut().find_map(|change| match change {
        Change::Remembered(together) => Some(together),
        _ => None,
    });
    match together {
        Some(together) => together.messages.push((key, original)),
        None => {
            let until = moment.now + limits::DEDUPLICATION;
            changes.push(Change::Remembered(Together { until, messages: vec![(key, original)] }));
        }
    }
}

/// A `SequenceNumber`: twenty digits, rising with the position.
pub(super) fn sequence_number(position: store::Position) -> String {
    const FIRST: u64 = 10_000_000_000_000_000_000;
    (FIRST + position.0).to_string()
}
