//! Activity: what is under way on a node, so that a manual clock can tell when everything has come to rest.
//!
//! Background work takes part from the moment it is started until it ends. While it only waits, for time or for
//! work, it is *parked* and does not count. What wakes it counts it again at once, in the call that wakes, not when
//! the scheduler gets to it: so there is no moment at which work has been handed on and nobody counts.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::task::AtomicWaker;
use tokio::sync::Notify;
use tokio::task::coop::{Unconstrained, unconstrained};

/// All that takes part; its clones count together.
#[derive(Clone, Default)]
pub(crate) struct Activity(Arc<Counts>);

#[derive(Default)]
struct Counts {
    active: AtomicUsize,
    at_rest: Notify,
}

impl Activity {
    /// Begins something; it ends when the guard is dropped.
    pub(crate) fn begin(&self) -> Active {
        self.0.add();
        Active(self.clone())
    }

    /// Waits until nothing is under way.
    pub(crate) async fn at_rest(&self) {
        loop {
            let at_rest = self.0.at_rest.notified();
            tokio::pin!(at_rest);
            at_rest.as_mut().enable();
            if self.0.active.load(Ordering::SeqCst) == 0 {
                return;
            }
            at_rest.await;
        }
    }
}

impl Counts {
    fn add(&self) {
        self.active.fetch_add(1, Ordering::SeqCst);
    }

    fn remove(&self) {
        if self.active.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.at_rest.notify_waiters();
        }
    }
}

/// Something that is under way.
pub(crate) struct Active(Activity);

impl Active {
    /// Waits for `future`, which does nothing but wait, and is not counted meanwhile.
    pub(crate) fn park<F: Future>(&self, future: F) -> Parked<F> {
        let state = State {
            counts: Arc::clone(&self.0.0),
            phase: AtomicU8::new(AWAKE),
            task: AtomicWaker::new(),
        };
        Parked { state: Arc::new(state), future: Box::pin(unconstrained(future)) }
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.0.remove();
    }
}

/// A future that is waited for without being counted.
pub(crate) struct Parked<F> {
    state: Arc<State>,
    /// Without the scheduler's budget: a future that is put off although it is ready would count as parked.
    future: Pin<Box<Unconstrained<F>>>,
}

/// Counted; being polled, or about to be.
const AWAKE: u8 = 0;
/// Counted: woken, also while it was being polled.
const WOKEN: u8 = 1;
/// Not counted.
const PARKED: u8 = 2;

struct State {
    counts: Arc<Counts>,
    phase: AtomicU8,
    task: AtomicWaker,
}

impl State {
    /// Enters a phase in which it counts.
    fn count_in(&self, phase: u8) {
        if self.phase.swap(phase, Ordering::SeqCst) == PARKED {
            self.counts.add();
        }
    }

    /// Parks it, unless it was woken meanwhile.
    fn park(&self) {
        let parked = self.phase.compare_exchange(AWAKE, PARKED, Ordering::SeqCst, Ordering::SeqCst);
        if parked.is_ok() {
            self.counts.remove();
        }
    }
}

impl Wake for State {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.count_in(WOKEN);
        self.task.wake();
    }
}

impl<F: Future> Future for Parked<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let state = Arc::clone(&self.state);
        state.task.register(context.waker());
        state.count_in(AWAKE);
        let waker = Waker::from(Arc::clone(&state));
        let polled = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending() {
            state.park();
        }
        polled
    }
}

impl<F> Drop for Parked<F> {
    /// Counts again for whoever has given up waiting; its guard takes it off.
    fn drop(&mut self) {
        self.state.count_in(AWAKE);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn active(activity: &Activity) -> usize {
        activity.0.active.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn what_is_parked_does_not_count_until_it_is_woken() {
        let (activity, bell) = (Activity::default(), Arc::new(Notify::new()));
        let guard = activity.begin();
        assert_eq!(active(&activity), 1);
        let mut parked = Box::pin(guard.park(bell.notified()));
        assert!(futures::poll!(parked.as_mut()).is_pending());
        assert_eq!(active(&activity), 0);
        bell.notify_one();
        assert_eq!(active(&activity), 1, "counted by the call that wakes it");
        assert!(futures::poll!(parked.as_mut()).is_ready());
        drop(parked);
        assert_eq!(active(&activity), 1);
        drop(guard);
        assert_eq!(active(&activity), 0);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_is_counted_again() {
        let (activity, bell) = (Activity::default(), Notify::new());
        let guard = activity.begin();
        let mut parked = Box::pin(guard.park(bell.notified()));
        assert!(futures::poll!(parked.as_mut()).is_pending());
        drop(parked);
        assert_eq!(active(&activity), 1);
    }

    #[tokio::test]
    async fn who_is_woken_while_polled_is_not_parked() {
        let activity = Activity::default();
        let guard = activity.begin();
        let mut parked = Box::pin(guard.park(tokio::task::yield_now()));
        let wakes_itself = std::future::poll_fn(|context: &mut Context<'_>| {
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        let mut woken = Box::pin(guard.park(wakes_itself));
        assert!(futures::poll!(woken.as_mut()).is_pending());
        assert_eq!(active(&activity), 1);
        drop(woken);
        _ = futures::poll!(parked.as_mut());
        drop(parked);
        assert_eq!(active(&activity), 1);
    }

    #[tokio::test]
    async fn rest_comes_when_the_last_has_ended_or_is_parked() {
        let (activity, bell) = (Activity::default(), Arc::new(Notify::new()));
        let (first, second) = (activity.begin(), activity.begin());
        let mut rest = Box::pin(activity.at_rest());
        assert!(futures::poll!(rest.as_mut()).is_pending());
        drop(first);
        assert!(futures::poll!(rest.as_mut()).is_pending());
        let mut parked = Box::pin(second.park(bell.notified()));
        assert!(futures::poll!(parked.as_mut()).is_pending());
        assert!(futures::poll!(rest.as_mut()).is_ready());
    }
}
