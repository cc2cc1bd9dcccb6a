//! Deliveries: how services send things to each other's resources.
//!
//! A service whose resources receive is a [`Target`]; [`Targets`] finds it by the service in the ARN. A source (a
//! topic, a bus, a schedule) keeps what it delivers, durably, until the target has answered. A [`Delivery`]
//! has one of three forms: a message, an event, or an invocation.
//!
//! - Deliveries belong to a *stream*: one per source and receiver, such as a subscription. Those of a stream
//!   have rising numbers and are delivered in order, one [`Batch`] of a stream at a time.
//! - The receiver stores the highest number that it has accepted of each stream, in the commit of the deliveries
//!   themselves. So a batch that is sent again, because its outcome is unknown, is not stored twice.
//! - [`Refusal`] is final: the delivery will never be accepted, and those after it are not accepted before the
//!   source has settled that. [`Trouble`](crate::Trouble) is not final: the same batch is sent again later.
//!
//! [`DeliveryClient`] is the source's side: order, timeouts, dead letters. Beside it stands what sources need to
//! plan their attempts: a [`RetrySchedule`], the [`Health`] of receivers, a [`Budget`] of bytes in flight,
//! and [`InFlight`], a bounded set of running deliveries.

mod batch;
mod budget;
mod client;
mod form;
mod health;
mod in_flight;
mod schedule;
mod targets;
mod text;

pub use batch::{Batch, Delivered, Refusal, Sender, Sequenced};
pub use budget::{Budget, Share};
pub use client::{Attempt, DeadLetters, DeliveryClient, Destination, Outcome, Report};
pub use form::{
    Attribute, Attributes, Delivery, Event, EventParameters, Form, Invocation,
    InvocationParameters, Message, MessageParameters, Value,
};
pub use health::{ByHealth, Health, Timeouts};
pub use in_flight::InFlight;
pub use schedule::{Phase, RetrySchedule};
pub use targets::{Target, Targets};
pub use text::Text;
