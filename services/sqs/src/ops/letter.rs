//! What another service delivers, as a message: the same checks as SendMessage's, without a request.

use std::collections::BTreeMap;

use api::types::{MessageAttributeValue, MessageSystemAttributeValue};
use base::{Arn, Timestamp};
use runtime::delivery::{self, Attribute, MessageParameters, Sender, Value};
use uuid::Uuid;

use crate::error::Error;
use crate::model::checksum;
use crate::model::message::Given;
use crate::model::name::is_fifo;
use crate::ops::fifo::Ids;
use crate::ops::sending::Sending;

/// A delivered message as it is stored in a queue, encoded as sent at that time.
///
/// More than ten attributes are refused like any other message that has them: from a topic they come only
/// with raw delivery, and SNS discards such messages as errors of the client.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html>
pub(crate) fn open(
    queue: &Arn,
    sender: &Sender,
    delivered: &delivery::Message,
    id: Uuid,
    now: Timestamp,
) -> Result<Sending, Error> {
    let ids = ids(queue, &delivered.parameters);
    let keys = ids.check(queue, &delivered.body)?;
    let given = Given {
        body: delivered.body.to_string(),
        // Computed once for all queues that get the same body.
        body_md5: Some(delivered.body.derived(checksum::of_body)),
        attributes: Some(attributes(&delivered.attributes)),
        system_attributes: delivered.parameters.trace_header.as_deref().map(trace_header),
    };
    let mut message = given.check(id, sender.id.to_owned())?;
    message.group_id = ids.group;
    message.deduplication_id = ids.deduplication;
    Ok(Sending { keys, ..Sending::new(message, now, None) })
}

/// The ids that a queue of this type uses. A standard queue knows no deduplication: a FIFO topic may deliver to
/// one, and it ends there.
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html>
fn ids(queue: &Arn, parameters: &MessageParameters) -> Ids {
    let own = |id: &Option<std::sync::Arc<str>>| id.as_deref().map(str::to_owned);
    let deduplication = own(&parameters.deduplication_id).filter(|_| is_fifo(queue));
    Ids { group: own(&parameters.group_id), deduplication }
}

fn attributes(given: &BTreeMap<String, Attribute>) -> BTreeMap<String, MessageAttributeValue> {
    let one = |(name, attribute): (&String, &Attribute)| {
        let (string_value, binary_value) = match &attribute.value {
            Value::Text(text) => (Some(text.clone()), None),
            Value::Bytes(bytes) => (None, Some(bytes.clone())),
        };
        let data_type = attribute.kind.clone();
        let value =
            MessageAttributeValue { data_type, string_value, binary_value, ..Default::default() };
        (name.clone(), value)
    };
    given.iter().map(one).collect()
}

fn trace_header(text: &str) -> BTreeMap<String, MessageSystemAttributeValue> {
    let value = MessageSystemAttributeValue {
        data_type: "String".into(),
        string_value: Some(text.to_owned()),
        ..Default::default()
    };
    BTreeMap::from([("AWSTraceHeader".to_owned(), value)])
}
