//! Deliveries that run at the same time.

use std::future::Future;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};

/// A bounded set of running deliveries, none of which waits for another.
pub struct InFlight<F> {
    running: FuturesUnordered<F>,
    most: usize,
}

impl<F: Future> InFlight<F> {
    /// An empty set for so many deliveries at once.
    pub fn new(most: usize) -> Self {
        InFlight { running: FuturesUnordered::new(), most }
    }

    /// How many more may start.
    pub fn room(&self) -> usize {
        self.most.saturating_sub(self.running.len())
    }

    /// Starts a delivery, for which there is room. It runs while the set is asked for what has ended.
    pub fn start(&mut self, delivery: F) {
        debug_assert!(self.room() > 0, "deliveries are bounded");
        self.running.push(delivery);
    }

    /// Waits until one has ended, and answers all that have by then; none if nothing runs.
    pub async fn ended(&mut self) -> Vec<F::Output> {
        let Some(first) = self.running.next().await else { return Vec::new() };
        let mut ended = vec![first];
        while let Some(Some(next)) = self.running.next().now_or_never() {
            ended.push(next);
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use futures::future::{self, Either};

    use super::*;

    #[tokio::test]
    async fn what_has_ended_makes_room_whatever_still_runs() {
        let mut deliveries = InFlight::new(3);
        assert!(deliveries.ended().await.is_empty());
        for number in 1..=3 {
            deliveries.start(match number {
                2 => Either::Left(future::pending()),
                _ => Either::Right(future::ready(number)),
            });
        }
        assert_eq!(deliveries.room(), 0);
        let mut ended = deliveries.ended().await;
        ended.sort_unstable();
        assert_eq!((ended, deliveries.room()), (vec![1, 3], 2));
        assert!(deliveries.ended().now_or_never().is_none(), "the other one still runs");
    }
}
