//! SendMessage of 1 KiB, all to one queue.

use std::sync::Arc;

use super::{Caller, Kind, Prepared, Traffic, check, input};
use crate::engine::Write;
use crate::http;
use crate::load::{Answered, Exchange, Exchanges};

/// How many different messages are sent, in turn: more than a compressor looks back over.
const BODIES: usize = 128;

/// Producers that send one message at a time.
pub(crate) struct Send {
    connections: usize,
}

/// One producer that waits for each answer: how long a message takes.
pub(crate) const ONE: Send = Send { connections: 1 };

/// Many producers, one queue: how many messages fit.
pub(crate) const MANY: Send = Send { connections: 64 };

impl Traffic for Send {
    fn connections(&self) -> usize {
        self.connections
    }

    fn turn(&self) -> &'static [Write] {
        &[Write::Append]
    }

    fn messages(&self) -> usize {
        1
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Prepared> {
        let queue = caller.create_queue(Kind::Standard, "bench")?;
        caller.call("SendMessage", &input::message(&queue, BODIES))?;
        let request =
            |seed| http::request(caller.address(), "SendMessage", &input::message(&queue, seed));
        let requests: Vec<Vec<u8>> = (0..BODIES).map(request).collect();
        Ok(Prepared { exchanges: repeated(requests.into(), connections, 1), backlog: None })
    }
}

/// Conversations that send the same requests in turn, each starting at another one.
pub(super) fn repeated(requests: Arc<[Vec<u8>]>, connections: usize, messages: usize) -> Exchanges {
    (0..connections)
        .map(|index| -> Box<dyn Exchange> {
            let next = index * requests.len() / connections;
            Box::new(Repeated { requests: requests.clone(), next, messages })
        })
        .collect()
}

struct Repeated {
    requests: Arc<[Vec<u8>]>,
    next: usize,
    messages: usize,
}

impl Exchange for Repeated {
    fn request(&mut self) -> &[u8] {
        &self.requests[self.next % self.requests.len()]
    }

    fn answered(&mut self, body: &[u8]) -> anyhow::Result<Answered> {
        check::sent(body, self.messages)?;
        self.next += 1;
        Ok(Answered::Messages(self.messages as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_start_apart_and_go_round() {
        let requests: Vec<Vec<u8>> = (0..4).map(|letter| vec![letter]).collect();
        let mut exchanges = repeated(requests.into(), 2, 1);
        assert_eq!(exchanges[0].request(), [0]);
        assert_eq!(exchanges[1].request(), [2]);
        for _ in 0..2 {
            let answered = exchanges[1].answered(br#"{"MessageId":"a"}"#).unwrap();
            assert_eq!(answered, Answered::Messages(1));
        }
        assert_eq!(exchanges[1].request(), [0]);
        assert!(exchanges[1].answered(b"{}").is_err());
    }
}
