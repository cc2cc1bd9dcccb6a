//! Subscribing very many queues, which need not exist: a topic has one subscription of each at most.

use super::{Queue, Topic, Wish};
use crate::load::{Answered, Exchange, Exchanges};

impl Topic {
    /// Conversations that subscribe one queue after the other; each of its own wishes, as its number says.
    pub(crate) fn crowd(
        &self,
        beside: &Queue,
        connections: usize,
        wish: fn(u64) -> Wish,
    ) -> Exchanges {
        (0..connections)
            .map(|index| -> Box<dyn Exchange> {
                Box::new(Subscribe {
                    topic: self.clone(),
                    beside: beside.clone(),
                    wish,
                    number: index as u64,
                    step: connections as u64,
                    request: Vec::new(),
                })
            })
            .collect()
    }
}

struct Subscribe {
    topic: Topic,
    beside: Queue,
    wish: fn(u64) -> Wish,
    number: u64,
    step: u64,
    request: Vec<u8>,
}

impl Exchange for Subscribe {
    fn request(&mut self) -> &[u8] {
        let queue = self.beside.beside(&format!("queue-{:07}", self.number));
        self.request = self.topic.subscribing(&queue, (self.wish)(self.number));
        &self.request
    }

    fn answered(&mut self, _: &[u8]) -> anyhow::Result<Answered> {
        self.number += self.step;
        Ok(Answered::Messages(1))
    }
}
