//! What a connection is doing, so that one that does nothing can be closed.
//!
//! Neither HTTP library tells a slow head from an idle connection, and neither closes an idle HTTP/2
//! connection. A few flags, set on the way of each request, and one slow tick per connection do both
//! without a timer per request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};

use super::limits::Limits;

/// What happens on one connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    running: AtomicUsize,
    begun: AtomicUsize,
    /// Bytes have come since the last request was answered: the head of the next one.
    heard: AtomicBool,
    /// There bytes come at any time, so they say nothing of a head.
    http2: AtomicBool,
}

/// A request is running until this is dropped.
#[derive(Debug)]
pub(super) struct Busy<'a>(&'a Activity);

impl Activity {
    /// A request begins.
    pub(super) fn begin(&self, http2: bool) -> Busy<'_> {
        if http2 {
            self.http2.store(true, Relaxed);
        }
        self.running.fetch_add(1, Relaxed);
        self.begun.fetch_add(1, Relaxed);
        Busy(self)
    }

    fn phase(&self) -> Phase {
        if self.running.load(Relaxed) > 0 {
            Phase::Busy
        } else if self.heard.load(Relaxed) && !self.http2.load(Relaxed) {
            Phase::Head(self.begun.load(Relaxed))
        } else {
            Phase::Idle(self.begun.load(Relaxed))
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.heard.store(false, Relaxed);
        self.0.running.fetch_sub(1, Relaxed);
    }
}

/// Where a connection is, with the number of requests it has had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Busy,
    Head(usize),
    Idle(usize),
}

/// What a connection was doing for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Still {
    /// Sending a request's head.
    Head,
    /// Nothing.
    Idle,
}

/// Looks at a connection at every tick and says when it has stood still for too long.
#[derive(Debug)]
pub(super) struct Watch {
    activity: Arc<Activity>,
    tick: Duration,
    head: u32,
    idle: u32,
    last: Phase,
    still: u32,
}

impl Watch {
    /// Watches a connection.
    pub(super) fn new(activity: Arc<Activity>, limits: &Limits) -> Self {
        let shortest = limits.head_time.min(limits.idle_time);
        let tick = (shortest / 2).max(Duration::from_millis(1));
        let ticks = |time: Duration| {
            u32::try_from(time.as_nanos().div_ceil(tick.as_nanos())).unwrap_or(u32::MAX)
        };
        let (head, idle) = (ticks(limits.head_time), ticks(limits.idle_time));
        Watch { activity, tick, head, idle, last: Phase::Idle(0), still: 0 }
    }

    /// Ends when the connection has had its time.
    pub(super) async fn expired(mut self) -> Still {
        let mut ticks = tokio::time::interval(self.tick);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            if let Some(still) = self.look() {
                return still;
            }
        }
    }

    fn look(&mut self) -> Option<Still> {
        let phase = self.activity.phase();
        self.still = if phase == self.last { self.still.saturating_add(1) } else { 0 };
        self.last = phase;
        match phase {
            Phase::Busy => None,
            Phase::Head(_) => (self.still >= self.head).then_some(Still::Head),
            Phase::Idle(_) => (self.still >= self.idle).then_some(Still::Idle),
        }
    }
}

/// A socket that notes when bytes come.
#[derive(Debug)]
pub(super) struct Heard<S> {
    pub(super) stream: S,
    pub(super) activity: Arc<Activity>,
}

impl<S: Read + Unpin> Read for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        self.activity.heard.store(true, Relaxed);
        Poll::Ready(read)
    }
}

impl<S: Write + Unpin> Write for Heard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(activity: &Arc<Activity>) -> Watch {
        let (head_time, idle_time) = (Duration::from_secs(2), Duration::from_secs(4));
        Watch::new(activity.clone(), &Limits { head_time, idle_time, ..Limits::default() })
    }

    /// How many ticks until it is closed, twenty at most.
    fn ticks(watch: &mut Watch) -> usize {
        (1..=20).find(|_| watch.look().is_some()).unwrap_or(20)
    }

    #[test]
    fn an_idle_connection_gets_its_idle_time_and_a_slow_head_less() {
        let activity = Arc::new(Activity::default());
        assert_eq!(ticks(&mut watch(&activity)), 4);
        activity.heard.store(true, Relaxed);
        assert_eq!(ticks(&mut watch(&activity)), 3);
    }

    #[test]
    fn a_running_request_may_take_as_long_as_it_takes() {
        let activity = Arc::new(Activity::default());
        let mut watch = watch(&activity);
        let busy = activity.begin(false);
        assert_eq!(ticks(&mut watch), 20);
        drop(busy);
        assert_eq!(ticks(&mut watch), 5);
    }

    #[test]
    fn frames_between_requests_of_http2_are_no_slow_head() {
        let activity = Arc::new(Activity::default());
        drop(activity.begin(true));
        activity.heard.store(true, Relaxed);
        assert_eq!(ticks(&mut watch(&activity)), 5);
    }
}
