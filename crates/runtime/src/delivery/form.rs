//! The three forms of a delivery, each with the parameters that its targets understand.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base::Arn;
use bytes::Bytes;

use super::{Refusal, Text};

/// One thing to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// For queues, topics and brokers.
    Message(Message),
    /// For functions, buses and streams.
    Event(Event),
    /// For workflows and HTTP endpoints.
    Invocation(Box<Invocation>),
}

/// The form of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// [`Delivery::Message`].
    Message,
    /// [`Delivery::Event`].
    Event,
    /// [`Delivery::Invocation`].
    Invocation,
}

/// A message. Whatever many receivers get of it is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The body.
    pub body: Arc<Text>,
    /// The message attributes, by name.
    pub attributes: Arc<Attributes>,
    /// What queues and brokers do with it.
    pub parameters: MessageParameters,
}

/// The parameters of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageParameters {
    /// The message group, for receivers that have such.
    pub group_id: Option<Arc<str>>,
    /// The deduplication id, for receivers that have such.
    pub deduplication_id: Option<Arc<str>>,
    /// The X-Ray trace header, such as SQS's `AWSTraceHeader`.
    pub trace_header: Option<Arc<str>>,
}

/// Message attributes by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// A message attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, perhaps with a label: `String.Array`.
    pub kind: String,
    /// Its value.
    pub value: Value,
}

/// The value of a message attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, or a number in decimal digits.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event's document or record.
    pub payload: Arc<Text>,
    /// What streams and buses do with it.
    pub parameters: EventParameters,
}

/// The parameters of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventParameters {
    /// The partition key, for streams.
    pub partition_key: Option<Arc<str>>,
    /// `source`, for buses.
    pub source: Option<Arc<str>>,
    /// `detail-type`, for buses.
    pub detail_type: Option<Arc<str>>,
}

/// An invocation of a workflow or an HTTP endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The workflow's input or the request's body.
    pub input: Arc<Text>,
    /// How it is invoked.
    pub parameters: InvocationParameters,
}

/// The parameters of an invocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvocationParameters {
    /// The execution's name, for workflows.
    pub name: Option<Arc<str>>,
    /// The values of the path's wildcards, in order.
    pub path: Vec<String>,
    /// The headers that are added, in order.
    pub headers: Vec<(String, String)>,
    /// The query parameters that are added, in order.
    pub query: Vec<(String, String)>,
}

impl Message {
    /// A message that is only a body.
    pub fn text(body: impl Into<Box<str>>) -> Self {
        Message {
            body: Text::shared(body),
            attributes: Arc::default(),
            parameters: MessageParameters::default(),
        }
    }
}

impl Delivery {
    /// Its form.
    pub fn form(&self) -> Form {
        match self {
            Delivery::Message(_) => Form::Message,
            Delivery::Event(_) => Form::Event,
            Delivery::Invocation(_) => Form::Invocation,
        }
    }

    /// The message, for targets that accept messages. Another form is refused by name.
    pub fn message(&self, to: &Arn) -> Result<&Message, Refusal> {
        match self {
            Delivery::Message(message) => Ok(message),
            other => Err(Refusal::of_form(other.form(), to)),
        }
    }

    /// The event, for targets that accept events. Another form is refused by name.
    pub fn event(&self, to: &Arn) -> Result<&Event, Refusal> {
        match self {
            Delivery::Event(event) => Ok(event),
            other => Err(Refusal::of_form(other.form(), to)),
        }
    }

    /// The invocation, for targets that can be invoked. Another form is refused by name.
    pub fn invocation(&self, to: &Arn) -> Result<&Invocation, Refusal> {
        match self {
            Delivery::Invocation(invocation) => Ok(invocation),
            other => Err(Refusal::of_form(other.form(), to)),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Message => "a message",
            Form::Event => "an event",
            Form::Invocation => "an invocation",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Delivery; 3] {
        let (payload, input) = (Text::shared("{}"), Text::shared("{}"));
        let invocation = Invocation { input, parameters: InvocationParameters::default() };
        [
            Delivery::Message(Message::text("hello")),
            Delivery::Event(Event { payload, parameters: EventParameters::default() }),
            Delivery::Invocation(Box::new(invocation)),
        ]
    }

    #[test]
    fn a_target_gets_the_form_that_it_asks_for_and_refuses_the_others_by_name() {
        let queue: Arn = "arn:aws:sqs:us-east-1:000000000000:q".parse().expect("an ARN");
        let refusal =
            |form: &str| Some(Refusal::Denied(format!("{form} cannot be delivered to {queue}.")));
        for delivery in all() {
            let refused = Some(Refusal::of_form(delivery.form(), &queue));
            let expected = |form| if delivery.form() == form { None } else { refused.clone() };
            assert_eq!(delivery.message(&queue).err(), expected(Form::Message));
            assert_eq!(delivery.event(&queue).err(), expected(Form::Event));
            assert_eq!(delivery.invocation(&queue).err(), expected(Form::Invocation));
        }
        assert_eq!(all()[1].message(&queue).err(), refusal("an event"));
        assert_eq!(all()[2].message(&queue).err(), refusal("an invocation"));
    }
}
