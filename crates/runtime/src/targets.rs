//! Deliver this to that ARN: where services meet whose things send messages to each other's.
//!
//! A service that takes deliveries is a [`Target`]; it is found by the service in the ARN. Whoever delivers
//! keeps what it delivers, durably, until the target has answered:
//!
//! - Deliveries belong to a *stream*: one a source and receiver, such as a subscription. The parcels of a
//!   stream have rising numbers and are delivered in order, one delivery of a stream at a time.
//! - The receiver keeps the highest number that it has taken of each stream, in the commit of the messages
//!   themselves. So what is delivered again, because nobody knows what became of it, is there already.
//! - [`Refusal`] is a final answer: the parcel will never be taken, and those behind it are not taken before
//!   the source has settled that. [`Trouble`] is not: the same parcels are to be delivered again, later.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use base::{Arn, Incarnation};
use bytes::Bytes;
use futures::future::BoxFuture;
use parking_lot::RwLock;

use crate::plan::Trouble;

/// A service whose things take deliveries.
pub trait Target: Send + Sync + 'static {
    /// Takes parcels in order, up to the first one that it refuses. Parcels that it has taken before count as
    /// accepted. The answer comes when what is accepted is durable.
    fn deliver<'d>(&'d self, delivery: Delivery<'d>) -> BoxFuture<'d, Result<Delivered, Trouble>>;
}

/// Parcels for one receiver.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'d> {
    /// The receiver.
    pub to: &'d Arn,
    /// Who delivers.
    pub sender: &'d Sender,
    /// The stream that the parcels belong to. Made like an incarnation: never used for anything else.
    pub stream: Incarnation,
    /// What is delivered, with rising numbers.
    pub parcels: &'d [Parcel],
}

/// Who delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The service, as policies name it: `sns.amazonaws.com`.
    pub principal: &'static str,
    /// The id under which receivers see it, such as `SenderId` of a message in a queue.
    pub id: &'static str,
    /// On whose behalf: the topic. Conditions know it as `aws:SourceArn`, its account as
    /// `aws:SourceAccount`.
    pub source: Arn,
    /// Whether the receiver's policy must allow it: where callers are authorized.
    pub checked: bool,
}

/// A letter and its place in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Rises within the stream; the first one is at least 1.
    pub number: u64,
    /// What is delivered.
    pub letter: Letter,
}

/// A message as its receiver is to have it. What many receivers get is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The text.
    pub body: Arc<Text>,
    /// What stands beside it, by name.
    pub attributes: Arc<BTreeMap<String, Attribute>>,
    /// Its message group, for receivers that have such.
    pub group_id: Option<Arc<str>>,
    /// Its deduplication id, for receivers that have such.
    pub deduplication_id: Option<Arc<str>>,
    /// `AWSTraceHeader`.
    pub trace_header: Option<Arc<str>>,
}

/// A text that many receivers may get. What each of them would work out about it is worked out once.
#[derive(Clone, Debug)]
pub struct Text {
    text: Box<str>,
    md5: OnceLock<[u8; 16]>,
}

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, perhaps with a label: `String.Array`.
    pub kind: String,
    /// What it says.
    pub value: Value,
}

/// What an attribute says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, or a number as a text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

/// What a target has answered, once that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// How many parcels are there, the first ones of those that were brought.
    pub accepted: usize,
    /// Why the next one is not: it never will be. None if all are there.
    pub refused: Option<Refusal>,
}

/// A final no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such receiver.
    Gone,
    /// The receiver does not take it; the text says why.
    Denied(String),
}

/// Who takes deliveries, by service. Filled at start. It does not own the services: they own the node.
#[derive(Default)]
pub struct Targets {
    by_service: RwLock<BTreeMap<&'static str, Weak<dyn Target>>>,
    check: AtomicBool,
}

impl Text {
    /// A text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Text { text: text.into(), md5: OnceLock::new() }
    }

    /// Its MD5 sum, made by the first receiver that needs one.
    pub fn md5(&self, make: impl FnOnce(&str) -> [u8; 16]) -> [u8; 16] {
        *self.md5.get_or_init(|| make(&self.text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// What it says, not what was worked out about it.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Text {}

impl Letter {
    /// A letter that is only a text.
    pub fn text(body: impl Into<Box<str>>) -> Self {
        Letter {
            body: Arc::new(Text::new(body)),
            attributes: Arc::default(),
            group_id: None,
            deduplication_id: None,
            trace_header: None,
        }
    }
}

impl Targets {
    /// What goes to things of this service goes to that target.
    pub fn add<T: Target>(&self, service: &'static str, target: &Arc<T>) {
        let target: Arc<dyn Target> = Arc::clone(target) as _;
        self.connect(service, &target);
    }

    /// The same, for a target whose type is not known.
    pub(crate) fn connect(&self, service: &'static str, target: &Arc<dyn Target>) {
        self.by_service.write().insert(service, Arc::downgrade(target));
    }

    /// From now on receivers' policies decide who may deliver: where callers are authorized.
    pub fn check_policies(&self) {
        self.check.store(true, Ordering::Relaxed);
    }

    /// Whether they do: the `checked` of every [`Sender`].
    pub fn policies_are_checked(&self) -> bool {
        self.check.load(Ordering::Relaxed)
    }

    /// Whether things of this service take deliveries.
    pub fn takes(&self, service: &str) -> bool {
        self.by_service.read().contains_key(service)
    }

    /// Delivers parcels, in order, up to the first one that is refused. After an error nobody knows what has
    /// arrived: the same parcels must be brought again, before any later one of the stream.
    pub async fn deliver(&self, delivery: Delivery<'_>) -> Result<Delivered, Trouble> {
        let rise = delivery.parcels.is_sorted_by(|one, next| one.number < next.number);
        debug_assert!(rise, "the numbers of a stream rise");
        let target = self.by_service.read().get(delivery.to.service()).cloned();
        let Some(target) = target else {
            let service = delivery.to.service();
            let reason = format!("Nothing can be delivered to things of the service {service}.");
            return Ok(Delivered { accepted: 0, refused: Some(Refusal::Denied(reason)) });
        };
        let target = target.upgrade().ok_or_else(stopped)?;
        let delivered = target.deliver(delivery).await?;
        let whole = delivered.accepted == delivery.parcels.len();
        debug_assert!(whole || delivered.refused.is_some(), "what is not taken is refused");
        Ok(delivered)
    }
}

fn stopped() -> Trouble {
    Trouble::Unavailable("the receiver's service has stopped".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_receivers_work_out_about_a_text_is_worked_out_once() {
        let letter = Letter::text("hello");
        let (one, other) = (letter.clone(), letter);
        assert_eq!(one.body.md5(|text| [text.len() as u8; 16]), [5; 16]);
        assert_eq!(other.body.md5(|_| panic!("it is known")), [5; 16]);
        assert_eq!(*one.body, *Letter::text("hello").body, "and texts are what they say");
    }
}
