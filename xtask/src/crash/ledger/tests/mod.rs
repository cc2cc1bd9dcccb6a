//! The ledger itself: each check can fail, and what proves nothing breaks nothing.

mod fifo;
mod redrive;
mod standard;

use std::time::Duration;

use super::{Began, Held, Ledger, Sighting};
use crate::crash::breach::Breach;
use crate::crash::client::Accepted;
use crate::crash::message::{self, Token};
use crate::crash::queue::Queue;

const SHORT: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(3600);

/// A ledger and how it is told things.
#[derive(Default)]
struct Story(Ledger);

/// The message id and the sequence number that a message first has.
fn first(queue: Queue, token: Token) -> Accepted {
    let sequence = queue.is_fifo().then_some(u128::from(token.0) * 10);
    Accepted { id: format!("id-{}", token.0), sequence }
}

impl Story {
    /// A message that is about to be sent.
    fn sending(&mut self, queue: Queue) -> Token {
        self.0.send_begins(queue, 1)[0]
    }

    fn accept(&mut self, token: Token, accepted: &Accepted, delay: Duration) {
        let began = self.0.begins();
        self.0.sent(began, token, accepted, delay);
    }

    /// A message whose send was acknowledged.
    fn sent(&mut self, queue: Queue) -> Token {
        let token = self.sending(queue);
        self.accept(token, &first(queue, token), SHORT);
        token
    }

    /// So many messages of one group.
    fn group(&mut self, queue: Queue, messages: usize) -> Vec<Token> {
        let mut found: Vec<Token> = Vec::new();
        while found.len() < messages {
            let token = self.sending(queue);
            let is_same = |other: &Token| message::group(*other) == message::group(token);
            if found.first().is_none_or(is_same) {
                self.accept(token, &first(queue, token), SHORT);
                found.push(token);
            }
        }
        found
    }

    /// A receive from a queue begins.
    fn receiving(&mut self, queue: Queue) -> Began {
        self.0.receive_begins(queue)
    }

    /// It has shown these messages.
    fn shown(&mut self, began: Began, queue: Queue, hidden: Duration, seen: &[Sighting]) {
        self.0.received(began, queue, hidden, seen);
    }

    /// A receive from beginning to end, in the message's first queue; what it puts in the hand.
    fn receive(&mut self, queue: Queue, token: Token, count: u32, hidden: Duration) -> Held {
        self.see(queue, hidden, &sighting(queue, token, count))
    }

    fn see(&mut self, queue: Queue, hidden: Duration, seen: &Sighting) -> Held {
        let began = self.receiving(queue);
        self.shown(began, queue, hidden, std::slice::from_ref(seen));
        let token = seen.token.unwrap();
        Held { token, queue, id: seen.id.clone(), count: seen.count, handle: String::new() }
    }

    /// A receive that nobody answered.
    fn lose_receive(&mut self, queue: Queue) {
        let began = self.receiving(queue);
        self.0.receive_lost(began, queue);
    }

    fn delete(&mut self, held: &Held) {
        self.0.delete_begins(held);
        let began = self.0.begins();
        self.0.deleted(began, held);
    }

    fn lose_delete(&mut self, held: &Held) {
        self.0.delete_begins(held);
        self.0.delete_lost(held);
    }

    fn hide(&mut self, held: &Held, hidden: Duration) {
        let began = self.0.begins();
        self.0.hide_begins(began, held, hidden);
        self.0.hidden(began, held, hidden);
    }

    fn found(&self) -> Vec<Breach> {
        let count = |breach: &Breach| self.0.breaches.count(*breach) > 0;
        Breach::ALL.into_iter().filter(count).collect()
    }
}

/// A message in its first queue or, as a dead letter, in that queue's dead-letter queue.
fn sighting(queue: Queue, token: Token, count: u32) -> Sighting {
    let Accepted { id, sequence } = first(queue, token);
    Sighting { token: Some(token), start: String::new(), id, count, sent: 1, sequence }
}

/// The same under another message id, at another place.
fn moved(queue: Queue, token: Token, count: u32, times: u128) -> Sighting {
    let seen = sighting(queue, token, count);
    let sequence = seen.sequence.map(|sequence| sequence + times * 1_000_000);
    Sighting { id: format!("{}-moved-{times}", seen.id), sequence, ..seen }
}

/// Tells a story up to its end, and looks at what was broken. Messages that are still there then are
/// lost, so each story deletes its own.
#[track_caller]
fn check(tell: impl FnOnce(&mut Story), expected: &[Breach]) {
    let mut story = Story::default();
    tell(&mut story);
    story.0.close();
    assert_eq!(story.found(), expected, "{:?}", story.0.breaches.examples);
}
