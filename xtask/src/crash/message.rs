//! Messages that can be told apart, and whose every byte is known.

use serde_json::{Value, json};

use super::client::Received;
use super::queue::Queue;

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Token(pub(super) u64);

/// A message group of a FIFO queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Group(u64);

const DIGITS: usize = 16;
const ORDINARY: u64 = 2 * 1024;
const LARGE: u64 = 200 * 1024;
const LARGE_ONE_IN: u64 = 64;
const GROUPS: u64 = 200;

/// Its body: the token, then text that follows from it, mostly short and now and then large.
pub(super) fn body(token: Token) -> String {
    let mixed = mix(token.0);
    let longest = if mixed.is_multiple_of(LARGE_ONE_IN) { LARGE } else { ORDINARY };
    let length = DIGITS as u64 + (mixed >> 32) % longest;
    let mut body = format!("{:016x}", token.0);
    let mut word = mixed;
    while (body.len() as u64) < length {
        word = mix(word);
        body += &format!("{word:016x}");
    }
    body
}

/// Its message attributes.
pub(super) fn attributes(token: Token) -> Value {
    json!({
        "Number": { "DataType": "Number", "StringValue": token.0.to_string() },
        "Text": { "DataType": "String.mixed", "StringValue": format!("{:x}", mix(token.0)) },
    })
}

/// Its `AWSTraceHeader`.
pub(super) fn trace_header(token: Token) -> String {
    format!("Root=1-5759e988-{:024x}", token.0)
}

/// Its group, in a FIFO queue.
pub(super) fn group(token: Token) -> Group {
    Group((mix(token.0) >> 8) % GROUPS)
}

/// Its `MessageGroupId`, in a FIFO queue.
pub(super) fn group_id(token: Token) -> String {
    format!("group-{}", group(token).0)
}

/// Its `MessageDeduplicationId`, in a FIFO queue.
pub(super) fn deduplication_id(token: Token) -> String {
    format!("once-{}", token.0)
}

/// Which message this is; none unless it is the same to the last byte.
pub(super) fn read(queue: Queue, received: &Received) -> Option<Token> {
    let token = Token(u64::from_str_radix(received.body.get(..DIGITS)?, 16).ok()?);
    let is_same = received.body == body(token)
        && received.attributes == attributes(token)
        && received.trace_header.as_deref() == Some(&trace_header(token))
        && received.dead_letter_source == queue.source().map(Queue::arn)
        && is_same_in_fifo(queue, token, received);
    is_same.then_some(token)
}

/// A dead letter of a FIFO queue keeps its group; its deduplication id is its new queue's affair.
fn is_same_in_fifo(queue: Queue, token: Token, received: &Received) -> bool {
    let id = received.deduplication_id.as_deref();
    let has_own_id = queue != Queue::Fifo || id == Some(&deduplication_id(token));
    let group = queue.is_fifo().then(|| group_id(token));
    has_own_id && received.group_id == group && received.sequence.is_some() == queue.is_fifo()
}

/// SplitMix64: spreads neighbouring numbers far apart.
pub(super) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(queue: Queue, token: Token) -> Received {
        Received {
            body: body(token),
            attributes: attributes(token),
            trace_header: Some(trace_header(token)),
            dead_letter_source: queue.source().map(Queue::arn),
            group_id: queue.is_fifo().then(|| group_id(token)),
            deduplication_id: queue.is_fifo().then(|| deduplication_id(token)),
            sequence: queue.is_fifo().then_some(7),
            ..Received::default()
        }
    }

    #[test]
    fn a_message_tells_which_one_it_is() {
        for number in [0, 1, 63, 64, 65, 1_000_003] {
            for queue in [Queue::Standard, Queue::Dead, Queue::Fifo, Queue::FifoDead] {
                let token = Token(number);
                assert_eq!(read(queue, &received(queue, token)), Some(token));
            }
        }
    }

    #[test]
    fn one_change_is_noticed_wherever_it_is() {
        let changes: [fn(&mut Received); 9] = [
            |message| message.body.replace_range(40..41, "z"),
            |message| message.body.truncate(20),
            |message| message.body.clear(),
            |message| message.attributes["Number"]["StringValue"] = "8".into(),
            |message| message.trace_header = None,
            |message| message.dead_letter_source = Some(Queue::Source.arn()),
            |message| message.group_id = None,
            |message| message.deduplication_id = None,
            |message| message.sequence = None,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut message = received(Queue::Fifo, Token(7));
            change(&mut message);
            assert_eq!(read(Queue::Fifo, &message), None, "change {number}");
        }
        let without_source = received(Queue::Source, Token(7));
        assert_eq!(read(Queue::Dead, &without_source), None);
    }

    #[test]
    fn some_bodies_are_large() {
        let longest = (0..1_000).map(|number| body(Token(number)).len()).max();
        assert!(longest > Some(100 * 1024), "{longest:?}");
    }
}
