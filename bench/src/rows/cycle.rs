//! The life of messages: SendMessageBatch, ReceiveMessage and DeleteMessageBatch of ten, in turn on
//! each connection, all on one queue. What comes in goes out, so it can run for any time; a message
//! counts when it is deleted.

use anyhow::Context;
use serde_json::json;

use super::send_batch::{BATCH, input};
use super::{Caller, Row};
use crate::http;
use crate::load::{Exchange, Exchanges};

/// The row.
pub(crate) struct Cycle;

impl Row for Cycle {
    fn name(&self) -> &'static str {
        "cycle-64"
    }

    fn title(&self) -> &'static str {
        "SendMessageBatch, ReceiveMessage, DeleteMessageBatch of 10, 64 connections"
    }

    fn connections(&self) -> usize {
        64
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Exchanges> {
        let host = caller.address();
        let queue = caller.create_queue("bench")?;
        let receive = json!({ "QueueUrl": queue, "MaxNumberOfMessages": BATCH }).to_string();
        caller.call("SendMessageBatch", &input(&queue, connections).to_string())?;
        let received = caller.call("ReceiveMessage", &receive)?;
        let handles: Vec<&str> = received["Messages"]
            .as_array()
            .context("nothing was received")?
            .iter()
            .filter_map(|message| message["ReceiptHandle"].as_str())
            .collect();
        caller.call("DeleteMessageBatch", &delete(&queue, handles.into_iter()))?;
        let exchange = |index| -> Box<dyn Exchange> {
            let send = input(&queue, index).to_string();
            Box::new(Turn {
                send: http::request(host, "SendMessageBatch", &send),
                receive: http::request(host, "ReceiveMessage", &receive),
                delete: Vec::new(),
                received: 0,
                next: Next::Send,
                queue: queue.clone(),
                host,
            })
        };
        Ok((0..connections).map(exchange).collect())
    }
}

struct Turn {
    send: Vec<u8>,
    receive: Vec<u8>,
    delete: Vec<u8>,
    received: u64,
    next: Next,
    queue: String,
    host: std::net::SocketAddr,
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
        self.received = handles(body).count() as u64;
        let delete = delete(&self.queue, handles(body));
        self.delete = http::request(self.host, "DeleteMessageBatch", &delete);
        self.next = if self.received == 0 { Next::Send } else { Next::Delete };
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

/// The input of DeleteMessageBatch, from handles in JSON's escaping.
fn delete<'a>(queue: &str, handles: impl Iterator<Item = &'a str>) -> String {
    let entries: Vec<String> = handles
        .enumerate()
        .map(|(id, handle)| format!("{{\"Id\":\"{id}\",\"ReceiptHandle\":\"{handle}\"}}"))
        .collect();
    let queue = json!(queue);
    format!("{{\"QueueUrl\":{queue},\"Entries\":[{}]}}", entries.join(","))
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
    fn an_empty_receive_is_not_deleted() {
        let mut turn = turn(Next::Receive);
        assert_eq!(turn.answered(b"{}").unwrap(), 0);
        assert_eq!(turn.next, Next::Send);
    }
}
