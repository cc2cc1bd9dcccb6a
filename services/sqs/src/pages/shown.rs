//! A message as a page shows it.

use serde_json::{Value, json};
use store::Position;

use crate::model::backlog::{Stored, Tracked};
use crate::model::message_attributes;
use crate::model::message_attributes::Attribute;
use crate::model::{Message, Messages};

/// What memory knows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) position: Position,
    /// None if it was never received nor delayed.
    pub(super) tracked: Option<Tracked>,
}

impl Known {
    pub(super) fn of(backlog: &Messages, position: Position) -> Self {
        Known { position, tracked: backlog.tracked(position).cloned() }
    }

    /// The message with its record; moments are milliseconds since 1970, as AWS has them.
    pub(super) fn show(&self, stored: &Stored) -> Value {
        let Ok(message) = Message::decode(stored) else {
            return json!({ "Error": "The record cannot be read.", "Position": self.position.0 });
        };
        let mut shown = json!({
            "MessageId": message.id.to_string(),
            "Body": message.body,
            "SenderId": message.sender,
            "SentTimestamp": stored.sent.millis(),
            "ApproximateReceiveCount": self.tracked.as_ref().map_or(0, |tracked| tracked.receives),
        });
        if let Some(tracked) = &self.tracked {
            shown["VisibleAt"] = tracked.visible_at.millis().into();
            if tracked.receives > 0 {
                shown["ApproximateFirstReceiveTimestamp"] = tracked.first_received.millis().into();
            }
        }
        if !message.attributes.is_empty() {
            let attributes = message
                .attributes
                .into_iter()
                .map(|(name, attribute)| (name, attribute_value(attribute)));
            shown["MessageAttributes"] = Value::Object(attributes.collect());
        }
        shown
    }
}

fn attribute_value(attribute: Attribute) -> Value {
    match attribute.value {
        message_attributes::Value::Text(text) => {
            json!({ "DataType": attribute.kind, "StringValue": text })
        }
        message_attributes::Value::Bytes(bytes) => {
            json!({ "DataType": attribute.kind, "BinaryLength": bytes.len() })
        }
    }
}
