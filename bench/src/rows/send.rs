//! SendMessage of 1 KiB, all to one queue.

use std::sync::Arc;

use serde_json::json;

use super::text::text;
use super::{Caller, Row};
use crate::http;
use crate::load::{Exchange, Exchanges};

/// How many different messages are sent, in turn: more than a compressor looks back over.
const BODIES: usize = 128;
const LENGTH: usize = 1024;

/// The row.
pub(crate) struct Send {
    name: &'static str,
    title: &'static str,
    connections: usize,
}

/// One producer that waits for each answer: how long a message takes.
pub(crate) const ONE: Send =
    Send { name: "send-1", title: "SendMessage 1 KiB, 1 connection", connections: 1 };

/// Many producers, one queue: how many messages fit.
pub(crate) const MANY: Send =
    Send { name: "send-64", title: "SendMessage 1 KiB, 64 connections", connections: 64 };

impl Row for Send {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn connections(&self) -> usize {
        self.connections
    }

    fn only_stores(&self) -> bool {
        true
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Exchanges> {
        let queue = caller.create_queue("bench")?;
        caller.call("SendMessage", &input(&queue, BODIES))?;
        let requests: Vec<Vec<u8>> = (0..BODIES)
            .map(|seed| http::request(caller.address(), "SendMessage", &input(&queue, seed)))
            .collect();
        Ok(turns(requests.into(), connections, 1))
    }
}

/// The input of one message.
pub(super) fn input(queue: &str, seed: usize) -> String {
    json!({ "QueueUrl": queue, "MessageBody": text(seed as u64, LENGTH) }).to_string()
}

/// Conversations that send the same requests in turn, each starting at another one.
pub(super) fn turns(requests: Arc<[Vec<u8>]>, connections: usize, messages: u64) -> Exchanges {
    (0..connections)
        .map(|index| -> Box<dyn Exchange> {
            let next = index * requests.len() / connections;
            Box::new(Turns { requests: requests.clone(), next, messages })
        })
        .collect()
}

struct Turns {
    requests: Arc<[Vec<u8>]>,
    next: usize,
    messages: u64,
}

impl Exchange for Turns {
    fn request(&mut self) -> &[u8] {
        &self.requests[self.next % self.requests.len()]
    }

    fn answered(&mut self, _body: &[u8]) -> anyhow::Result<u64> {
        self.next += 1;
        Ok(self.messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_start_apart_and_go_round() {
        let requests: Vec<Vec<u8>> = (0..4).map(|letter| vec![letter]).collect();
        let mut exchanges = turns(requests.into(), 2, 10);
        assert_eq!(exchanges[0].request(), [0]);
        assert_eq!(exchanges[1].request(), [2]);
        for _ in 0..2 {
            assert_eq!(exchanges[1].answered(b"").unwrap(), 10);
        }
        assert_eq!(exchanges[1].request(), [0]);
    }
}
