//! What is due in a mailbox: bells.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Arn, Incarnation, Span, Timestamp};
use futures::future::{BoxFuture, FutureExt};
use parking_lot::Mutex;
use runtime::jobs::{JobHandler, JobQueue, Timer};
use runtime::{Decision, Lanes, Moment, Trouble};

use super::mailbox::{Change, Mailbox, What};

/// A bell that rings once. Each echo is a bell of its own, set when the one before it rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bell {
    pub(crate) at: Timestamp,
    pub(crate) id: u64,
}

/// The only kind of due row that a mailbox has.
pub(crate) const RING: u8 = 1;

impl Bell {
    pub(crate) fn entry(&self, arn: &Arn) -> Timer {
        let incarnation = Incarnation::from_bytes(u128::from(self.id).to_be_bytes());
        Timer { at: self.at, incarnation, kind: RING, arn: arn.clone() }
    }

    fn of(entry: &Timer) -> Self {
        let id = u128::from_be_bytes(*entry.incarnation.as_bytes());
        Bell { at: entry.at, id: u64::try_from(id).expect("an id of a bell") }
    }
}

/// Rings bells.
pub(crate) struct Ringer {
    pub(crate) boxes: Arc<Lanes<Mailbox>>,
    pub(crate) log: Arc<RingLog>,
}

/// What a ringer has done. Survives a restart of the node.
#[derive(Default)]
pub(crate) struct RingLog {
    /// The bells that have rung, durably, and when.
    pub(crate) rung: Mutex<Vec<(Bell, Timestamp)>>,
    /// How often it was called.
    pub(crate) calls: AtomicUsize,
    /// How many of the next calls fail.
    pub(crate) failing: AtomicUsize,
}

impl JobHandler for Ringer {
    fn queue(&self, kind: u8) -> Option<JobQueue> {
        (kind == RING).then_some(JobQueue::USUAL)
    }

    fn run(&self, entry: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        async move {
            self.log.calls.fetch_add(1, Ordering::SeqCst);
            let take_one = |failing: usize| failing.checked_sub(1);
            if self.log.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_one).is_ok() {
                return Err(Trouble::Unavailable("told to fail".to_owned()));
            }
            let bell = Bell::of(&entry);
            let decide = |lane: &Mailbox, moment: Moment<'_>| ring(lane, moment, bell);
            if let Some(at) = self.boxes.enter(&entry.arn, decide).await? {
                self.log.rung.lock().push((bell, at));
            }
            Ok(())
        }
        .boxed()
    }
}

fn ring(
    lane: &Mailbox,
    moment: Moment<'_>,
    bell: Bell,
) -> Decision<Mailbox, Option<Timestamp>, Trouble> {
    let facts = &lane.facts;
    let (Some(life), Some(&echoes)) = (facts.life, facts.bells.get(&bell)) else {
        return Decision::answer(None);
    };
    let mut changes = vec![Change { life, what: What::Ring(bell) }];
    if let Some(echoes) = echoes.checked_sub(1) {
        let echo = Bell { at: moment.now + Span::ZERO, id: bell.id + 1 };
        changes.push(Change { life, what: What::SetBell(echo, echoes) });
    }
    Decision::keep(changes, Some(moment.now))
}
