//! Batches for FIFO queues, prepared once: only the group and the deduplication id of each message
//! change from one request to the next.

use std::net::SocketAddr;

use memchr::memmem;
use serde_json::json;

use super::check;
use super::input::{BATCH, GROUPS, entries};
use crate::http;
use crate::load::{Answered, Exchange};

/// Digits stand here in a prepared request, as many as there are in a number.
const GROUP: &str = "g000000";
const DEDUPLICATION: &str = "d0000000000000000";
/// How many different batches a connection sends, in turn.
const BATCHES: usize = 4;
/// Messages that one connection can send at most without using a number twice.
const SHARE: u64 = 1_000_000_000;

/// A connection that sends stamped batches.
pub(super) struct Stamped {
    requests: Vec<Request>,
    next: usize,
    /// The number of the next message: no other message of the queue has it.
    number: u64,
}

struct Request {
    bytes: Vec<u8>,
    /// Where the digits of each message begin: of its group, of its deduplication id.
    places: Vec<(usize, usize)>,
}

impl Stamped {
    /// Connection `index`; no two use the same numbers.
    pub(super) fn new(host: SocketAddr, queue: &str, index: usize) -> Stamped {
        let batch = |batch| {
            let input = input(queue, index * BATCHES + batch);
            Request::new(http::request(host, "SendMessageBatch", &input))
        };
        let requests = (0..BATCHES).map(batch).collect();
        Stamped { requests, next: 0, number: (index as u64 + 1) * SHARE }
    }
}

/// A batch without stamps.
pub(super) fn input(queue: &str, seed: usize) -> String {
    entries(queue, seed, |entry| {
        entry["MessageGroupId"] = json!(GROUP);
        entry["MessageDeduplicationId"] = json!(DEDUPLICATION);
    })
}

/// A batch with the stamps that no connection uses.
pub(super) fn input_with_own_ids(queue: &str) -> String {
    let mut request = Request::new(input(queue, 0).into_bytes());
    request.stamp(0);
    String::from_utf8_lossy(&request.bytes).into_owned()
}

impl Request {
    fn new(bytes: Vec<u8>) -> Request {
        let all = |text: &'static str| memmem::find_iter(&bytes, text).map(|at| at + 1);
        let places: Vec<_> = all(GROUP).zip(all(DEDUPLICATION)).collect();
        Request { places, bytes }
    }

    /// Writes the groups and numbers of the messages from `number` on.
    fn stamp(&mut self, number: u64) {
        for (number, &(group, deduplication)) in (number..).zip(&self.places) {
            // Each connection begins elsewhere, so that not all send to the same groups at a time.
            let turn = number + (number / SHARE) * 157;
            write(&mut self.bytes[group..][..GROUP.len() - 1], turn % GROUPS);
            write(&mut self.bytes[deduplication..][..DEDUPLICATION.len() - 1], number);
        }
    }
}

/// Writes a number with leading zeros.
fn write(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

impl Exchange for Stamped {
    fn request(&mut self) -> &[u8] {
        let request = &mut self.requests[self.next];
        request.stamp(self.number);
        &request.bytes
    }

    fn answered(&mut self, body: &[u8]) -> anyhow::Result<Answered> {
        check::sent(body, BATCH)?;
        self.next = (self.next + 1) % BATCHES;
        self.number += BATCH as u64;
        Ok(Answered::Messages(BATCH as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn ids(request: &[u8], key: &str) -> Vec<String> {
        let body = memmem::find(request, b"{").unwrap();
        let input: serde_json::Value = serde_json::from_slice(&request[body..]).unwrap();
        let entries = input["Entries"].as_array().unwrap();
        entries.iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn no_message_has_the_deduplication_id_of_another_and_groups_go_round() {
        let host = "127.0.0.1:1".parse().unwrap();
        let answer = r#"{"MessageId":"a"}"#.repeat(BATCH);
        let (mut seen, mut groups) = (BTreeSet::new(), BTreeSet::new());
        seen.extend(ids(input_with_own_ids("q").as_bytes(), "MessageDeduplicationId"));
        for connection in 0..3 {
            let mut stamped = Stamped::new(host, "q", connection);
            for _ in 0..150 {
                seen.extend(ids(stamped.request(), "MessageDeduplicationId"));
                groups.extend(ids(stamped.request(), "MessageGroupId"));
                stamped.answered(answer.as_bytes()).unwrap();
            }
        }
        assert_eq!(seen.len(), (3 * 150 + 1) * BATCH);
        assert_eq!(groups.len() as u64, GROUPS);
    }
}
