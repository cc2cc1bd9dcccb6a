//! Forgetting deduplication ids that are over.

use runtime::jobs::Timer;
use runtime::{Decision, Moment, Trouble};

use crate::model::{Change, QueueLane};

/// Most that one commit forgets.
const FORGET: usize = 1000;

/// What is over goes, and the next look is due when the next is over. An entry that was done before finds
/// nothing that is over, and puts a row that is there already.
pub(crate) fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    entry: &Timer,
) -> Decision<QueueLane, (), Trouble> {
    let queue = lane.queue.as_ref().filter(|queue| queue.incarnation == entry.incarnation);
    let Some(fifo) = queue.and_then(|queue| queue.backlog.fifo()) else {
        return Decision::answer(());
    };
    let (over, next) = fifo.seen.over(moment.now, FORGET);
    Decision::keep(vec![Change::Forgotten { done: entry.clone(), over, next }], ())
}
