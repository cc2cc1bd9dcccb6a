//! The life of messages on one connection: sent (if they are), received and deleted, in turn.

use std::net::SocketAddr;

use anyhow::ensure;

use super::check::{self, handles};
use super::input::{self, Size};
use crate::http;
use crate::load::{Answered, Exchange};

/// A connection's turns. A message counts when it is deleted.
pub(super) struct Turn {
    /// None for a connection that only takes what is there.
    send: Option<Vec<u8>>,
    receive: Vec<u8>,
    delete: Vec<u8>,
    received: usize,
    next: Next,
    size: Size,
    /// Whether only its receives are timed.
    times_receives_only: bool,
    queue: String,
    host: SocketAddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Send,
    Receive,
    Delete,
}

impl Turn {
    /// Takes messages that are there, until there are none.
    pub(super) fn taking(host: SocketAddr, queue: &str, size: Size) -> Turn {
        let receive = input::receive(queue, size.messages());
        Turn {
            send: None,
            receive: http::request(host, "ReceiveMessage", &receive),
            delete: Vec::new(),
            received: 0,
            next: Next::Receive,
            size,
            times_receives_only: false,
            queue: queue.to_owned(),
            host,
        }
    }

    /// Sends as many messages as it takes, so it can go on for any time; other texts for each seed.
    pub(super) fn sending(host: SocketAddr, queue: &str, size: Size, seed: usize) -> Turn {
        let send = http::request(host, size.send(), &size.input(queue, seed));
        Turn { send: Some(send), next: Next::Send, ..Turn::taking(host, queue, size) }
    }

    /// Times its receives only.
    pub(super) fn timing_receives(self) -> Turn {
        Turn { times_receives_only: true, ..self }
    }

    fn first(&self) -> Next {
        if self.send.is_some() { Next::Send } else { Next::Receive }
    }

    fn received(&mut self, body: &[u8]) -> anyhow::Result<Answered> {
        let handles = handles(body)?;
        ensure!(handles.len() <= self.size.messages(), "{} received", handles.len());
        if handles.is_empty() {
            // Others may have received what this connection sent; it sends again.
            self.next = self.first();
            return Ok(if self.send.is_none() { Answered::Exhausted } else { DONE_NOTHING });
        }
        let delete = self.size.deletion(&self.queue, &handles);
        self.received = handles.len();
        self.delete = http::request(self.host, self.size.delete(), &delete);
        self.next = Next::Delete;
        Ok(DONE_NOTHING)
    }
}

const DONE_NOTHING: Answered = Answered::Messages(0);

impl Exchange for Turn {
    fn request(&mut self) -> &[u8] {
        match self.next {
            Next::Send => self.send.as_deref().unwrap_or_default(),
            Next::Receive => &self.receive,
            Next::Delete => &self.delete,
        }
    }

    fn answered(&mut self, body: &[u8]) -> anyhow::Result<Answered> {
        match self.next {
            Next::Send => {
                check::sent(body, self.size.messages())?;
                self.next = Next::Receive;
                Ok(DONE_NOTHING)
            }
            Next::Receive => self.received(body),
            Next::Delete => {
                if self.size == Size::Ten {
                    check::deleted(body, self.received)?;
                }
                self.next = self.first();
                Ok(Answered::Messages(self.received as u64))
            }
        }
    }

    fn is_timed(&self) -> bool {
        !self.times_receives_only || self.next == Next::Receive
    }

    fn is_at_rest(&self) -> bool {
        self.next == self.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED: &[u8] = br#"{"Messages":[{"ReceiptHandle":"a/b="},{"ReceiptHandle":"c"}]}"#;
    const DELETED: &[u8] = br#"{"Successful":[{"Id":"0"},{"Id":"1"}]}"#;

    fn host() -> SocketAddr {
        "127.0.0.1:1".parse().unwrap()
    }

    fn asks(turn: &mut Turn, operation: &str) -> bool {
        String::from_utf8_lossy(turn.request()).contains(&format!("AmazonSQS.{operation}\r\n"))
    }

    #[test]
    fn what_was_received_is_deleted_and_then_counts() {
        let mut turn = Turn::sending(host(), "q", Size::Ten, 1);
        assert!(asks(&mut turn, "SendMessageBatch") && turn.is_at_rest());
        assert!(turn.answered(b"{}").is_err(), "ten messages were not taken");
        let sent = r#"{"MessageId":"a"}"#.repeat(10);
        assert_eq!(turn.answered(sent.as_bytes()).unwrap(), DONE_NOTHING);
        assert!(asks(&mut turn, "ReceiveMessage") && !turn.is_at_rest());
        assert_eq!(turn.answered(RECEIVED).unwrap(), DONE_NOTHING);
        assert!(asks(&mut turn, "DeleteMessageBatch"));
        assert!(turn.answered(b"{}").is_err(), "two messages were not deleted");
        assert_eq!(turn.answered(DELETED).unwrap(), Answered::Messages(2));
        assert!(asks(&mut turn, "SendMessageBatch"));
    }

    #[test]
    fn who_only_takes_is_exhausted_by_an_empty_queue_and_who_sends_goes_on() {
        let mut taking = Turn::taking(host(), "q", Size::Ten);
        assert_eq!(taking.answered(RECEIVED).unwrap(), DONE_NOTHING);
        taking.answered(DELETED).unwrap();
        assert_eq!(taking.answered(b"{}").unwrap(), Answered::Exhausted);
        let mut sending = Turn::sending(host(), "q", Size::One, 1);
        sending.answered(br#"{"MessageId":"a"}"#).unwrap();
        assert_eq!(sending.answered(b"{}").unwrap(), DONE_NOTHING);
        assert!(asks(&mut sending, "SendMessage"));
    }

    #[test]
    fn only_receives_are_timed_if_so_asked() {
        let mut turn = Turn::sending(host(), "q", Size::One, 1).timing_receives();
        assert!(!turn.is_timed());
        turn.answered(br#"{"MessageId":"a"}"#).unwrap();
        assert!(turn.is_timed());
    }
}
