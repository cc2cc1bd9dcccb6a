//! The commits of one owner of a slot: how far they are, and who waits for them.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use base::SlotId;
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::{CommitError, CommitNumber, Epoch, StoreError};

/// Bookkeeping of one term of ownership. A failure is final: every later commit of the term fails too,
/// and only a new owner starts afresh.
#[derive(Debug)]
pub(crate) struct Commits {
    slot: SlotId,
    epoch: Epoch,
    submitted: AtomicU64,
    durable: AtomicU64,
    failed: AtomicBool,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    failure: Option<CommitError>,
    /// In the order of their numbers.
    waiters: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    upto: CommitNumber,
    answer: oneshot::Sender<Result<(), CommitError>>,
}

impl Commits {
    /// Those of an owner whose predecessors' newest durable commit is `last`.
    pub(crate) fn new(slot: SlotId, epoch: Epoch, last: CommitNumber) -> Self {
        Commits {
            slot,
            epoch,
            submitted: AtomicU64::new(last.0),
            durable: AtomicU64::new(last.0),
            failed: AtomicBool::new(false),
            waiting: Mutex::default(),
        }
    }

    /// Whose they are.
    pub(crate) fn slot(&self) -> SlotId {
        self.slot
    }

    /// The owner's epoch.
    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The newest durable one.
    pub(crate) fn last(&self) -> CommitNumber {
        CommitNumber(self.durable.load(Ordering::Acquire))
    }

    /// Numbers the next commit. The caller holds the lock under which commits are put in order.
    pub(crate) fn submit(&self) -> CommitNumber {
        CommitNumber(self.submitted.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Whether no commit can succeed any more.
    pub(crate) fn failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Answers when that commit and all before it are durable, or cannot be. Locks nothing when they are.
    pub(crate) fn durable(
        &self,
        upto: CommitNumber,
    ) -> BoxFuture<'static, Result<(), CommitError>> {
        if self.last() >= upto {
            return ready(Ok(())).boxed();
        }
        match self.wait(upto) {
            Ok(None) => ready(Ok(())).boxed(),
            Ok(Some(answer)) => answered(answer).boxed(),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn wait(&self, upto: CommitNumber) -> Result<Option<Answer>, CommitError> {
        let mut waiting = self.waiting.lock();
        if self.last() >= upto {
            return Ok(None);
        }
        if let Some(failure) = &waiting.failure {
            return Err(failure.clone());
        }
        Ok(Some(waiting.enter(upto)))
    }

    /// Commits up to this one are durable: wakes those whom that concerns, and nobody else.
    pub(crate) fn complete(&self, upto: CommitNumber) {
        let reached = {
            let mut waiting = self.waiting.lock();
            self.durable.fetch_max(upto.0, Ordering::AcqRel);
            waiting.leave(upto)
        };
        for waiter in reached {
            // Who does not wait any more needs no answer.
            let _ = waiter.answer.send(Ok(()));
        }
    }

    /// No further commit succeeds. The first failure stays.
    pub(crate) fn fail(&self, error: CommitError) {
        let (failure, waiters) = {
            let mut waiting = self.waiting.lock();
            let failure = waiting.failure.get_or_insert(error).clone();
            self.failed.store(true, Ordering::Release);
            (failure, std::mem::take(&mut waiting.waiters))
        };
        for waiter in waiters {
            let _ = waiter.answer.send(Err(failure.clone()));
        }
    }

    /// Whether the owner may still read: not when it was fenced.
    pub(crate) fn readable(&self) -> Result<(), StoreError> {
        if self.failed() && self.waiting.lock().failure == Some(CommitError::Fenced) {
            return Err(StoreError::Fenced);
        }
        Ok(())
    }
}

type Answer = oneshot::Receiver<Result<(), CommitError>>;

async fn answered(answer: Answer) -> Result<(), CommitError> {
    answer.await.unwrap_or_else(|_| Err(closed()))
}

/// The failure of whatever comes after the end.
pub(crate) fn closed() -> CommitError {
    CommitError::Broken("it is closed".to_owned())
}

impl Waiting {
    fn enter(&mut self, upto: CommitNumber) -> Answer {
        let (answer, receiver) = oneshot::channel();
        // Almost always the last place: commits are waited for in about the order of their numbers.
        let place = self.waiters.partition_point(|waiter| waiter.upto <= upto);
        self.waiters.insert(place, Waiter { upto, answer });
        receiver
    }

    fn leave(&mut self, upto: CommitNumber) -> Vec<Waiter> {
        let reached = self.waiters.partition_point(|waiter| waiter.upto <= upto);
        self.waiters.drain(..reached).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::task::{Context, Poll, Wake, Waker};

    use super::*;

    #[derive(Default)]
    struct Bell(AtomicUsize);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    type Wait = BoxFuture<'static, Result<(), CommitError>>;

    fn poll(wait: &mut Wait, bell: &Arc<Bell>) -> Poll<Result<(), CommitError>> {
        wait.poll_unpin(&mut Context::from_waker(&Waker::from(bell.clone())))
    }

    fn commits() -> Commits {
        Commits::new(SlotId::from_number(1), Epoch(1), CommitNumber(10))
    }

    /// Waits for each of these numbers, each with a bell of its own.
    fn waiters(commits: &Commits, numbers: &[u64]) -> Vec<(Wait, Arc<Bell>)> {
        let wait = |&number| {
            let mut wait = commits.durable(CommitNumber(number));
            let bell = Arc::new(Bell::default());
            assert_eq!(poll(&mut wait, &bell), Poll::Pending);
            (wait, bell)
        };
        numbers.iter().map(wait).collect()
    }

    fn rung(waiters: &[(Wait, Arc<Bell>)]) -> Vec<usize> {
        waiters.iter().map(|(_, bell)| bell.0.load(Ordering::SeqCst)).collect()
    }

    #[test]
    fn what_is_durable_already_is_answered_at_once() {
        let bell = Arc::new(Bell::default());
        assert_eq!(poll(&mut commits().durable(CommitNumber(10)), &bell), Poll::Ready(Ok(())));
    }

    #[test]
    fn exactly_those_whose_number_is_reached_are_woken() {
        let commits = commits();
        let mut waiters = waiters(&commits, &[12, 14, 11, 13, 12]);
        commits.complete(CommitNumber(12));
        assert_eq!(rung(&waiters), [1, 0, 1, 0, 1]);
        let (wait, bell) = &mut waiters[0];
        assert_eq!(poll(wait, bell), Poll::Ready(Ok(())));
        commits.complete(CommitNumber(14));
        assert_eq!(rung(&waiters), [1, 1, 1, 1, 1]);
        assert_eq!(commits.last(), CommitNumber(14));
    }

    #[test]
    fn a_failure_reaches_all_who_wait_and_all_who_come_later_but_not_what_was_durable() {
        let commits = commits();
        let mut waiting = waiters(&commits, &[11, 12]);
        commits.complete(CommitNumber(11));
        commits.fail(CommitError::Fenced);
        commits.fail(CommitError::Unknown);
        let bell = Arc::new(Bell::default());
        assert_eq!(poll(&mut waiting[0].0, &bell), Poll::Ready(Ok(())));
        assert_eq!(poll(&mut waiting[1].0, &bell), Poll::Ready(Err(CommitError::Fenced)));
        let ask = |number| poll(&mut commits.durable(CommitNumber(number)), &bell);
        assert_eq!(ask(13), Poll::Ready(Err(CommitError::Fenced)));
        assert_eq!(ask(11), Poll::Ready(Ok(())));
        assert_eq!(commits.readable(), Err(StoreError::Fenced));
    }
}
