//! Publish of 1 KiB, all to one topic.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Topic, check};
use crate::load::{Answered, Exchange, Exchanges};

/// How many different messages are published, in turn.
const BODIES: usize = 128;

/// How many messages were taken, whether anybody counts the time or not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Published(Arc<AtomicU64>);

impl Published {
    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Topic {
    /// Conversations that publish for ever, perhaps for one customer, and count in `published`.
    pub(crate) fn publishers(
        &self,
        connections: usize,
        customer: Option<u64>,
        published: &Published,
    ) -> Exchanges {
        let requests: Vec<Vec<u8>> =
            (0..BODIES).map(|seed| self.publishing(seed, customer)).collect();
        let requests: Arc<[Vec<u8>]> = requests.into();
        (0..connections)
            .map(|index| -> Box<dyn Exchange> {
                let next = index * BODIES / connections;
                let (requests, published) = (Arc::clone(&requests), published.clone());
                Box::new(Publish { requests, next, published })
            })
            .collect()
    }
}

struct Publish {
    requests: Arc<[Vec<u8>]>,
    next: usize,
    published: Published,
}

impl Exchange for Publish {
    fn request(&mut self) -> &[u8] {
        &self.requests[self.next % self.requests.len()]
    }

    fn answered(&mut self, body: &[u8]) -> anyhow::Result<Answered> {
        check::published(body)?;
        self.next += 1;
        self.published.0.fetch_add(1, Ordering::Relaxed);
        Ok(Answered::Messages(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted() {
        let published = Published::default();
        let requests: Arc<[Vec<u8>]> = vec![vec![1], vec![2]].into();
        let mut publish = Publish { requests, next: 1, published: published.clone() };
        assert_eq!(publish.request(), [2]);
        publish.answered(b"<MessageId>a</MessageId>").unwrap();
        assert_eq!((publish.request(), published.count()), (&[1][..], 1));
        assert!(publish.answered(b"<Error/>").is_err());
        assert_eq!(published.count(), 1);
    }
}
