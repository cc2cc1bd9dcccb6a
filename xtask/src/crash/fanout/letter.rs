//! What is published: messages that can be told apart, and whose every byte is known.

use serde_json::{Value, json};

use super::place::Place;
use super::subscription::{Subscription, Topic};
use crate::crash::client::{Publishing, Received};
use crate::crash::message::{Token, mix};

/// A message group of the FIFO topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Group(u64);

/// How many kinds there are, which filters tell apart.
pub(super) const KINDS: u64 = 16;
const SHADES: [&str; 4] = ["light", "dark", "pale", "deep"];
const GROUPS: u64 = 40;
const ORDINARY: u64 = 1024;
const LARGE: u64 = 40 * 1024;
const LARGE_ONE_IN: u64 = 64;

/// A message as it was received, once it is known which one that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) token: Token,
    /// What its document says of it; raw messages come without.
    pub(super) document: Option<Document>,
}

/// What a document says of its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// `MessageId`.
    pub(super) id: String,
    /// `SequenceNumber`; only FIFO topics have it.
    pub(super) sequence: Option<u128>,
}

/// Its kind, which is an attribute.
pub(super) fn kind(token: Token) -> u64 {
    mix(token.0) % KINDS
}

/// Its shade, which stands in its body.
pub(super) fn shade(token: Token) -> &'static str {
    SHADES[(mix(token.0) >> 8) as usize % SHADES.len()]
}

/// Its group, in the FIFO topic.
pub(super) fn group(token: Token) -> Group {
    Group((mix(token.0) >> 16) % GROUPS)
}

/// Whether every filter takes it.
pub(super) fn is_for_all(token: Token) -> bool {
    kind(token) == 0 && shade(token) == "light"
}

/// It, on its way to a topic.
pub(super) fn publishing(topic: Topic, token: Token) -> Publishing {
    let attributes = attributes(token).map(|(name, kind, value)| (name, kind, value));
    let ids = || (group_id(token), deduplication_id(token));
    Publishing {
        message: body(token),
        attributes: attributes.into(),
        fifo: (topic == Topic::Fifo).then(ids),
    }
}

fn body(token: Token) -> String {
    let mixed = mix(mix(token.0));
    let longest = if mixed.is_multiple_of(LARGE_ONE_IN) { LARGE } else { ORDINARY };
    let words = (mixed >> 32) % longest / 16;
    let text: String = (0..words).map(|word| format!("{:016x}", mix(mixed + word))).collect();
    json!({ "token": token.0, "shade": shade(token), "text": text }).to_string()
}

fn attributes(token: Token) -> [(&'static str, &'static str, String); 2] {
    let kind = kind(token);
    [("Kind", "Number", kind.to_string()), ("Name", "String", format!("kind-{kind}"))]
}

fn group_id(token: Token) -> String {
    format!("group-{}", group(token).0)
}

fn deduplication_id(token: Token) -> String {
    format!("fan-once-{}", token.0)
}

/// Which message this is; none unless it is the same to the last byte.
pub(super) fn read(place: Place, received: &Received) -> Option<Read> {
    let subscription = place.subscription();
    let read = if subscription.is_raw() {
        let token = token_in(&received.body)?;
        let expected = attributes(token).map(|(name, kind, value)| {
            (name.to_owned(), json!({ "DataType": kind, "StringValue": value }))
        });
        let is_same = received.body == body(token)
            && received.attributes == Value::Object(expected.into_iter().collect());
        is_same.then_some(Read { token, document: None })?
    } else {
        read_document(subscription, &received.body)?
    };
    let group = (subscription.topic() == Topic::Fifo).then(|| group_id(read.token));
    let once = place.is_fifo().then(|| deduplication_id(read.token));
    let is_same = received.group_id == group
        && received.deduplication_id == once
        && received.sequence.is_some() == place.is_fifo();
    is_same.then_some(read)
}

fn token_in(body: &str) -> Option<Token> {
    let body: Value = serde_json::from_str(body).ok()?;
    body["token"].as_u64().map(Token)
}

/// Standard topics sign their documents; whether the signature is right is another test's affair.
fn read_document(subscription: Subscription, text: &str) -> Option<Read> {
    let document: Value = serde_json::from_str(text).ok()?;
    let message = document["Message"].as_str()?;
    let token = token_in(message)?;
    let topic = subscription.topic();
    let expected = attributes(token)
        .map(|(name, kind, value)| (name.to_owned(), json!({ "Type": kind, "Value": value })));
    let is_signed = document["Signature"].as_str().is_some_and(|signature| !signature.is_empty());
    let is_same = message == body(token)
        && document["Type"] == "Notification"
        && document["TopicArn"] == topic.arn()
        && document["MessageAttributes"] == Value::Object(expected.into_iter().collect())
        && is_signed == (topic == Topic::Standard);
    let sequence = document["SequenceNumber"].as_str().and_then(|number| number.parse().ok());
    let id = document["MessageId"].as_str()?.to_owned();
    is_same.then_some(Read { token, document: Some(Document { id, sequence }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(place: Place, token: Token) -> Received {
        let attributes = attributes(token).map(|(name, kind, value)| {
            (name.to_owned(), json!({ "DataType": kind, "StringValue": value }))
        });
        let is_fifo = place.is_fifo();
        Received {
            body: body(token),
            attributes: Value::Object(attributes.into_iter().collect()),
            group_id: is_fifo.then(|| group_id(token)),
            deduplication_id: is_fifo.then(|| deduplication_id(token)),
            sequence: is_fifo.then_some(7),
            ..Received::default()
        }
    }

    fn document(token: Token) -> Value {
        let attributes = attributes(token)
            .map(|(name, kind, value)| (name.to_owned(), json!({ "Type": kind, "Value": value })));
        json!({
            "Type": "Notification", "MessageId": "id", "TopicArn": Topic::Standard.arn(),
            "Message": body(token), "Signature": "s",
            "MessageAttributes": Value::Object(attributes.into_iter().collect()),
        })
    }

    #[test]
    fn a_message_tells_which_one_it_is() {
        for number in [0, 63, 64, 1_000_003] {
            for place in [Place::Queue(Subscription::All), Place::DeadLetters(Subscription::Denied)]
            {
                let found = read(place, &raw(place, Token(number)));
                assert_eq!(found, Some(Read { token: Token(number), document: None }));
            }
        }
        let place = Place::Queue(Subscription::Signed);
        let received = Received { body: document(Token(5)).to_string(), ..Received::default() };
        let said = Document { id: "id".into(), sequence: None };
        assert_eq!(read(place, &received), Some(Read { token: Token(5), document: Some(said) }));
    }

    #[test]
    fn one_change_is_noticed_wherever_it_is() {
        let changes: [fn(&mut Received); 5] = [
            |message| message.body += " ",
            |message| message.attributes["Kind"]["StringValue"] = "99".into(),
            |message| message.group_id = None,
            |message| message.deduplication_id = None,
            |message| message.sequence = None,
        ];
        let place = Place::Queue(Subscription::Fifo);
        for (number, change) in changes.into_iter().enumerate() {
            let mut message = raw(place, Token(7));
            change(&mut message);
            assert_eq!(read(place, &message), None, "change {number}");
        }
        for (member, value) in [
            ("Type", "Other".into()),
            ("TopicArn", Topic::Fifo.arn().into()),
            ("Signature", "".into()),
            ("MessageAttributes", Value::Null),
        ] {
            let mut document = document(Token(5));
            document[member] = value;
            let received = Received { body: document.to_string(), ..Received::default() };
            assert_eq!(read(Place::Queue(Subscription::Signed), &received), None, "{member}");
        }
    }
}
