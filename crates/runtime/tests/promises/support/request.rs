//! A request that is polled by hand, and counts how often it was woken.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::task::coop::{Unconstrained, unconstrained};

use super::office::Doing;

pub(crate) struct Request<A> {
    /// Without the scheduler's budget, which would now and then hold back what is ready.
    doing: Pin<Box<Unconstrained<Doing<A>>>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<A> Request<A> {
    /// Begins a request, which must have to wait.
    pub(crate) fn pending(doing: Doing<A>) -> Self
    where
        A: std::fmt::Debug,
    {
        let mut request = Request::new(doing);
        let early = request.look();
        assert!(early.is_none(), "too early: {early:?}");
        request
    }

    pub(crate) fn new(doing: Doing<A>) -> Self {
        Request { doing: Box::pin(unconstrained(doing)), woken: Arc::default() }
    }

    /// Its answer, if it has one.
    pub(crate) fn look(&mut self) -> Option<Result<A, super::office::No>> {
        let waker = Waker::from(Arc::clone(&self.woken));
        match self.doing.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }

    /// Whether it was woken since this was last asked.
    pub(crate) fn was_woken(&self) -> bool {
        self.woken.0.swap(0, Ordering::SeqCst) > 0
    }
}
