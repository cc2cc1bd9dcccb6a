//! The life of messages: sent, received and deleted, in turn on each connection, all on one queue.
//! What comes in goes out, so it can run for any time; a message counts when it is deleted.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use serde_json::json;

use super::send_batch::{self, BATCH};
use super::{Caller, Row, send};
use crate::http;
use crate::load::{Exchange, Exchanges};

/// The row.
pub(crate) struct Cycle {
    name: &'static str,
    title: &'static str,
    size: Size,
}

/// How many messages each request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    One,
    Ten,
}

/// One message at a time.
pub(crate) const ONE: Cycle = Cycle {
    name: "cycle-64",
    title: "SendMessage 1 KiB, ReceiveMessage(1), DeleteMessage in turn, 64 connections",
    size: Size::One,
};

/// Ten messages at a time.
pub(crate) const TEN: Cycle = Cycle {
    name: "cycle-batch-64",
    title: "SendMessageBatch 10 x 1 KiB, ReceiveMessage(10), DeleteMessageBatch in turn, 64 connections",
    size: Size::Ten,
};

impl Row for Cycle {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn connections(&self) -> usize {
        64
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Exchanges> {
        let size = self.size;
        let queue = caller.create_queue("bench")?;
        let receive = json!({ "QueueUrl": queue, "MaxNumberOfMessages": size.messages() });
        let receive = receive.to_string();
        caller.call(size.send(), &size.input(&queue, connections))?;
        caller.call("ReceiveMessage", &receive)?;
        let received = caller.last("ReceiveMessage").unwrap_or_default();
        let delete = size.deletion(&queue, &received);
        ensure!(delete.is_some(), "nothing was received: {received}");
        caller.call(size.delete(), &delete.unwrap_or_default())?;
        let host = caller.address();
        let exchange = |index| -> Box<dyn Exchange> {
            Box::new(Turn {
                send: http::request(host, size.send(), &size.input(&queue, index)),
                receive: http::request(host, "ReceiveMessage", &receive),
                delete: Vec::new(),
                received: 0,
                next: Next::Send,
                size,
                queue: queue.clone(),
                host,
            })
        };
        Ok((0..connections).map(exchange).collect())
    }
}

impl Size {
    fn messages(self) -> usize {
        match self {
            Size::One => 1,
            Size::Ten => BATCH,
        }
    }

    fn send(self) -> &'static str {
        match self {
            Size::One => "SendMessage",
            Size::Ten => "SendMessageBatch",
        }
    }

    fn delete(self) -> &'static str {
        match self {
            Size::One => "DeleteMessage",
            Size::Ten => "DeleteMessageBatch",
        }
    }

    /// What is sent; another text for each seed.
    fn input(self, queue: &str, seed: usize) -> String {
        match self {
            Size::One => send::input(queue, seed),
            Size::Ten => send_batch::input(queue, seed),
        }
    }

    /// The input that deletes what was received; none if that is nothing.
    fn deletion(self, queue: &str, received: &str) -> Option<String> {
        let mut handles = handles(received).peekable();
        let first = *handles.peek()?;
        let queue = json!(queue);
        Some(match self {
            Size::One => format!("{{\"QueueUrl\":{queue},\"ReceiptHandle\":\"{first}\"}}"),
            Size::Ten => {
                let entry =
                    |(id, handle)| format!("{{\"Id\":\"{id}\",\"ReceiptHandle\":\"{handle}\"}}");
                let entries: Vec<String> = handles.enumerate().map(entry).collect();
                format!("{{\"QueueUrl\":{queue},\"Entries\":[{}]}}", entries.join(","))
            }
        })
    }
}

struct Turn {
    send: Vec<u8>,
    receive: Vec<u8>,
    delete: Vec<u8>,
    received: u64,
    next: Next,
    size: Size,
    queue: String,
    host: SocketAddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Send,
    Receive,
    Delete,
}

impl Exchange for Turn {
    fn request(&mut self) -> &[u8] {
        match self.next {
            Next::Send => &self.send,
            Next::Receive => &self.receive,
            Next::Delete => &self.delete,
        }
    }

    fn answered(&mut self, body: &[u8]) -> anyhow::Result<u64> {
        match self.next {
            Next::Send => self.next = Next::Receive,
            Next::Receive => self.received(body)?,
            Next::Delete => {
                self.next = Next::Send;
                return Ok(self.received);
            }
        }
        Ok(0)
    }
}

impl Turn {
    fn received(&mut self, body: &[u8]) -> anyhow::Result<()> {
        let body = std::str::from_utf8(body).context("an answer is not text")?;
        self.received = handles(body).take(self.size.messages()).count() as u64;
        self.next = Next::Send;
        if let Some(delete) = self.size.deletion(&self.queue, body) {
            self.delete = http::request(self.host, self.size.delete(), &delete);
            self.next = Next::Delete;
        }
        Ok(())
    }
}

/// The receipt handles of an answer, still in JSON's escaping: looked for rather than parsed, since
/// the load generator must be cheap and a body of letters cannot hold the key.
fn handles(body: &str) -> impl Iterator<Item = &str> {
    body.split("\"ReceiptHandle\":").skip(1).filter_map(|rest| {
        let rest = rest.trim_start().strip_prefix('"')?;
        rest.split('"').next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"Messages":[{"ReceiptHandle":"a/b=","Body":"x"},
        {"Body":"y","ReceiptHandle": "c"}]}"#;

    fn turn(next: Next) -> Turn {
        Turn {
            send: vec![1],
            receive: vec![2],
            delete: vec![],
            received: 0,
            next,
            size: Size::Ten,
            queue: "q".to_owned(),
            host: "127.0.0.1:1".parse().unwrap(),
        }
    }

    #[test]
    fn receipt_handles_are_found() {
        assert_eq!(handles(ANSWER).collect::<Vec<_>>(), ["a/b=", "c"]);
        assert_eq!(handles("{}").count(), 0);
    }

    #[test]
    fn what_was_received_is_deleted_and_then_counts() {
        let mut turn = turn(Next::Send);
        assert_eq!(turn.request(), [1]);
        assert_eq!(turn.answered(b"{}").unwrap(), 0);
        assert_eq!(turn.request(), [2]);
        assert_eq!(turn.answered(ANSWER.as_bytes()).unwrap(), 0);
        let delete = String::from_utf8(turn.request().to_vec()).unwrap();
        assert!(delete.contains(r#"{"Id":"0","ReceiptHandle":"a/b="}"#), "{delete}");
        assert_eq!(turn.answered(b"{}").unwrap(), 2);
        assert_eq!(turn.request(), [1]);
    }

    #[test]
    fn one_message_is_deleted_alone() {
        let delete = Size::One.deletion("q", ANSWER);
        assert_eq!(delete.as_deref(), Some(r#"{"QueueUrl":"q","ReceiptHandle":"a/b="}"#));
    }

    #[test]
    fn an_empty_receive_is_not_deleted() {
        let mut turn = turn(Next::Receive);
        assert_eq!(turn.answered(b"{}").unwrap(), 0);
        assert_eq!(turn.next, Next::Send);
    }
}
