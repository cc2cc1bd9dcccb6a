//! Batches of deliveries, and how targets answer them.

use std::fmt;

use base::{Arn, Incarnation};

use super::{Delivery, Form};

/// Deliveries of one stream for one receiver.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'b> {
    /// The receiver.
    pub to: &'b Arn,
    /// The service that delivers.
    pub sender: &'b Sender,
    /// The stream's id. Made like an incarnation: never used for another stream.
    pub stream: Incarnation,
    /// The deliveries, with rising numbers.
    pub deliveries: &'b [Sequenced],
}

/// A delivery with its number in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequenced {
    /// Rises within the stream; the first number is at least 1.
    pub number: u64,
    /// The delivery.
    pub delivery: Delivery,
}

/// The service that delivers, and for which resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The service's principal, as policies name it: `sns.amazonaws.com`.
    pub principal: &'static str,
    /// The id that receivers see, such as `SenderId` of a message in a queue.
    pub id: &'static str,
    /// The resource on whose behalf it delivers, such as a topic. Conditions know it as `aws:SourceArn`, its
    /// account as `aws:SourceAccount`.
    pub source: Arn,
    /// The receiver's policy must allow the delivery. True where callers are authorized.
    pub checked: bool,
}

/// The answer of a target, given when it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// How many deliveries of the batch the receiver has, counted from the first.
    pub accepted: usize,
    /// The reason why the next one will never be accepted; none if all are.
    pub refused: Option<Refusal>,
}

/// A final no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such receiver.
    Gone,
    /// The receiver does not accept the delivery, for this reason.
    Denied(String),
}

impl Delivered {
    /// Nothing is accepted, and the first delivery never will be.
    pub fn none(refusal: Refusal) -> Self {
        Delivered { accepted: 0, refused: Some(refusal) }
    }
}

impl Refusal {
    /// The receiver accepts no deliveries of this form.
    pub fn of_form(form: Form, to: &Arn) -> Self {
        Refusal::Denied(format!("{form} cannot be delivered to {to}."))
    }

    /// How many of the next deliveries it settles. A receiver that is gone accepts none of them; other reasons
    /// may be those of one delivery.
    pub fn concerns(&self, deliveries: usize) -> usize {
        match self {
            Refusal::Gone => deliveries,
            Refusal::Denied(_) => deliveries.min(1),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Gone => f.write_str("there is no such receiver"),
            Refusal::Denied(reason) => f.write_str(reason),
        }
    }
}
