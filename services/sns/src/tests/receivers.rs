//! Queues as topics see them: they accept messages, and keep the highest number of each stream with them.

use std::collections::{BTreeMap, BTreeSet};

use base::{Incarnation, Span};
use futures::future::{self, BoxFuture, FutureExt};
use parking_lot::Mutex;
use runtime::delivery::{Batch, Delivered, Message, Refusal, Target};
use runtime::{Timers, Trouble};

/// All receivers of a world. They outlive the node.
#[derive(Default)]
pub(crate) struct Receivers {
    queues: Mutex<BTreeMap<String, Queue>>,
    timers: Mutex<Option<Timers>>,
}

#[derive(Default)]
struct Queue {
    mood: Mood,
    messages: Vec<Message>,
    taken: BTreeMap<Incarnation, u64>,
    attempts: u32,
    repeats: u32,
}

/// How a receiver treats what comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Takes,
    Gone,
    /// Messages of this text are refused.
    Refuses(&'static str),
    Fails,
    /// Takes everything, and says that it failed.
    TakesAndFails,
    /// Never answers.
    Silent,
    /// Takes everything after so many seconds.
    Slow(u64),
    /// Takes everything at once, and says so after as many.
    Late(u64),
}

impl Receivers {
    /// What is slow takes the time of this node.
    pub(crate) fn begin(&self, timers: Timers) {
        *self.timers.lock() = Some(timers);
    }

    /// How many messages came again that had been accepted before.
    pub(crate) fn repeats(&self, queue: &str) -> u32 {
        self.queues.lock().get(queue).map_or(0, |queue| queue.repeats)
    }

    /// What a slow receiver does.
    async fn slowly(&self, batch: Batch<'_>, (before, after): (u64, u64)) -> Delivered {
        let timers = self.timers.lock().clone().unwrap();
        timers.sleep_until(timers.now() + Span::from_seconds(before)).await;
        let taken = self.queue(batch, |queue| queue.take(batch));
        timers.sleep_until(timers.now() + Span::from_seconds(after)).await;
        taken
    }

    fn queue<A>(&self, batch: Batch<'_>, of: impl FnOnce(&mut Queue) -> A) -> A {
        of(self.queues.lock().entry(batch.to.resource().into()).or_default())
    }

    pub(crate) fn set(&self, queue: &str, mood: Mood) {
        self.queues.lock().entry(queue.into()).or_default().mood = mood;
    }

    /// The texts that have come, in order.
    pub(crate) fn bodies(&self, queue: &str) -> Vec<String> {
        self.messages(queue).iter().map(|message| message.body.to_string()).collect()
    }

    pub(crate) fn messages(&self, queue: &str) -> Vec<Message> {
        self.queues.lock().get(queue).map(|queue| queue.messages.clone()).unwrap_or_default()
    }

    /// How often something was brought.
    pub(crate) fn attempts(&self, queue: &str) -> u32 {
        self.queues.lock().get(queue).map_or(0, |queue| queue.attempts)
    }

    pub(crate) fn streams(&self) -> usize {
        let queues = self.queues.lock();
        let streams: BTreeSet<_> = queues.values().flat_map(|queue| queue.taken.keys()).collect();
        streams.len()
    }
}

impl Queue {
    fn take(&mut self, batch: Batch<'_>) -> Delivered {
        let taken = self.taken.entry(batch.stream).or_default();
        for (accepted, delivery) in batch.deliveries.iter().enumerate() {
            let message = delivery.delivery.message(batch.to).unwrap();
            if delivery.number <= *taken {
                self.repeats += 1;
                continue;
            }
            if let Mood::Refuses(text) = self.mood
                && message.body[..] == *text
            {
                let refused = Some(Refusal::Denied(format!("not {text}")));
                return Delivered { accepted, refused };
            }
            *taken = delivery.number;
            self.messages.push(message.clone());
        }
        Delivered { accepted: batch.deliveries.len(), refused: None }
    }
}

impl Target for Receivers {
    fn deliver<'b>(&'b self, batch: Batch<'b>) -> BoxFuture<'b, Result<Delivered, Trouble>> {
        let trouble = Trouble::Unavailable("on purpose".into());
        let mood = self.queue(batch, |queue| {
            queue.attempts += 1;
            queue.mood.clone()
        });
        let answer = match mood {
            Mood::Takes | Mood::Refuses(_) => Ok(self.queue(batch, |queue| queue.take(batch))),
            Mood::Gone => Ok(Delivered { accepted: 0, refused: Some(Refusal::Gone) }),
            Mood::Fails => Err(trouble),
            Mood::TakesAndFails => {
                self.queue(batch, |queue| queue.take(batch));
                Err(trouble)
            }
            Mood::Silent => return future::pending().boxed(),
            Mood::Slow(seconds) => return self.slowly(batch, (seconds, 0)).map(Ok).boxed(),
            Mood::Late(seconds) => return self.slowly(batch, (0, seconds)).map(Ok).boxed(),
        };
        future::ready(answer).boxed()
    }
}
