//! A message on its way to subscribers. Whatever they share of it is made once.

use std::fmt;
use std::sync::{Arc, OnceLock};

use pattern::Event;
use runtime::delivery::{Attribute, Attributes, Text, Value};
use store::Position;
use tokio::sync::OnceCell;

use crate::envelope::notification::Envelope;
use crate::filter;
use crate::model::LogEntry;
use crate::model::message_attributes::{self, AttributeValue};

/// A log entry that is delivered.
pub(crate) struct Outgoing {
    pub(crate) position: Position,
    pub(crate) entry: Arc<LogEntry>,
    /// About how many bytes it has.
    pub(crate) size: usize,
    attributes_event: OnceLock<Event>,
    body_event: OnceLock<Option<Event>>,
    body: OnceLock<Arc<Text>>,
    attributes: OnceLock<Arc<Attributes>>,
    /// Made when the first subscriber needs it, because that takes a signature.
    pub(crate) envelope: OnceCell<Envelope>,
}

impl Outgoing {
    pub(crate) fn new(position: Position, entry: Arc<LogEntry>) -> Self {
        let size = size(&entry);
        Outgoing {
            position,
            entry,
            size,
            attributes_event: OnceLock::new(),
            body_event: OnceLock::new(),
            body: OnceLock::new(),
            attributes: OnceLock::new(),
            envelope: OnceCell::new(),
        }
    }

    /// The event that filters of attributes are compared with.
    pub(crate) fn attributes_event(&self) -> Option<&Event> {
        let LogEntry::Message(message) = &*self.entry else { return None };
        Some(self.attributes_event.get_or_init(|| filter::attributes_event(&message.attributes)))
    }

    /// The event that filters of bodies are compared with, if the body is one.
    pub(crate) fn body_event(&self) -> Option<&Event> {
        let LogEntry::Message(message) = &*self.entry else { return None };
        let read = || filter::body_event(message.body_for("sqs"));
        self.body_event.get_or_init(read).as_ref()
    }

    /// The body for queues that want the message as it was published.
    pub(crate) fn body(&self) -> &Arc<Text> {
        self.body.get_or_init(|| {
            let LogEntry::Message(message) = &*self.entry else { return Text::shared("") };
            Text::shared(message.body_for("sqs"))
        })
    }

    /// The attributes that are delivered with it: none with a structured message.
    /// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html>
    pub(crate) fn attributes(&self) -> &Arc<Attributes> {
        self.attributes.get_or_init(|| {
            let LogEntry::Message(message) = &*self.entry else { return Arc::default() };
            let given = message.attributes.iter().filter(|_| !message.structured);
            let attribute = given.map(|(name, attribute)| {
                let value = match &attribute.value {
                    AttributeValue::Text(text) => Value::Text(text.clone()),
                    AttributeValue::Bytes(bytes) => Value::Bytes(bytes.clone()),
                };
                (name.clone(), Attribute { kind: attribute.kind.clone(), value })
            });
            Arc::new(attribute.collect())
        })
    }
}

/// About how many bytes it has in memory, and as a copy.
fn size(entry: &LogEntry) -> usize {
    const REST: usize = 512;
    let LogEntry::Message(message) = entry else { return REST };
    let bodies = message.bodies.values().map(String::len).sum::<usize>();
    REST + message.body.len() + bodies + message_attributes::size(&message.attributes)
}

/// Messages are equal if their entries are, whatever was made of them.
impl PartialEq for Outgoing {
    fn eq(&self, other: &Self) -> bool {
        (self.position, &self.entry) == (other.position, &other.entry)
    }
}

impl Eq for Outgoing {}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {:?}", self.position, self.entry)
    }
}
