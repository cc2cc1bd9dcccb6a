//! Receives that nobody has seen the answer of: they may have counted, and sent off dead letters.

use std::collections::BTreeMap;

use super::Began;
use crate::crash::queue::Queue;

/// Receives by queue.
#[derive(Debug, Default)]
pub(super) struct Receives {
    queues: BTreeMap<Queue, OfQueue>,
}

#[derive(Debug, Default)]
struct OfQueue {
    under_way: u32,
    /// The steps between which one was under way that was never answered, in the order of their ends.
    lost: Vec<(u64, u64)>,
}

impl Receives {
    /// One begins.
    pub(super) fn begin(&mut self, queue: Queue) {
        self.queues.entry(queue).or_default().under_way += 1;
    }

    /// One was answered.
    pub(super) fn end(&mut self, queue: Queue) {
        let of_queue = self.queues.entry(queue).or_default();
        of_queue.under_way = of_queue.under_way.saturating_sub(1);
    }

    /// One will never be answered.
    pub(super) fn lose(&mut self, queue: Queue, began: Began, step: u64) {
        self.end(queue);
        self.queues.entry(queue).or_default().lost.push((began.step, step));
    }

    /// How many are under way.
    pub(super) fn under_way(&self, queue: Queue) -> u32 {
        self.queues.get(&queue).map_or(0, |of_queue| of_queue.under_way)
    }

    /// How many unanswered ones were under way at some time between these steps.
    pub(super) fn lost(&self, queue: Queue, from: u64, to: u64) -> u32 {
        let Some(of_queue) = self.queues.get(&queue) else { return 0 };
        let first = of_queue.lost.partition_point(|(_, ended)| *ended < from);
        let lost = of_queue.lost[first..].iter().filter(|(began, _)| *began <= to).count();
        u32::try_from(lost).unwrap_or(u32::MAX)
    }
}
