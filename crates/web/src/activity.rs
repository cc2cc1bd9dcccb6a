//! The activity of a connection, so that one that stands still can be closed.
//!
//! Neither HTTP library tells a slow head from an idle connection, neither closes an idle HTTP/2 connection, and neither
//! notices a client that reads nothing. A few counters, set on the way of each request, and one slow tick per connection
//! do all three without a timer per request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};

use tokio::sync::Notify;

use crate::admission::Admission;
use crate::deadline::within;
use crate::limits::Limits;

/// The activity of one connection.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    running: AtomicUsize,
    begun: AtomicUsize,
    /// Bytes have come since the last request was answered: the head of the next one.
    heard: AtomicBool,
    /// Over HTTP/2 bytes come at any time, so they say nothing of a head.
    http2: AtomicBool,
    /// The client has proven who it is with an earlier request.
    proven: AtomicBool,
    /// Bytes of answers that the client has not read.
    unread: AtomicUsize,
    /// Grows whenever the client has read something.
    progress: AtomicUsize,
    /// Tells the connection that it is to end at once.
    ended: Notify,
}

/// A request is running until this is dropped.
#[derive(Debug)]
pub(crate) struct Busy<'a>(&'a Activity);

impl Activity {
    /// A request begins.
    pub(crate) fn begin(&self, http2: bool) -> Busy<'_> {
        if http2 {
            self.http2.store(true, Relaxed);
        }
        self.running.fetch_add(1, Relaxed);
        self.begun.fetch_add(1, Relaxed);
        Busy(self)
    }

    /// A streamed answer begins: the connection is busy, also while there is nothing to send.
    pub(crate) fn stream_begun(&self) {
        self.running.fetch_add(1, Relaxed);
    }

    /// A streamed answer has ended.
    pub(crate) fn stream_ended(&self) {
        self.running.fetch_sub(1, Relaxed);
    }

    /// The client has proven who it is.
    pub(crate) fn prove(&self) {
        self.proven.store(true, Relaxed);
    }

    /// Returns true if the client has proven who it is with an earlier request.
    pub(crate) fn is_proven(&self) -> bool {
        self.proven.load(Relaxed)
    }

    /// The client has an answer to read.
    pub(crate) fn answered(&self, bytes: usize) {
        self.unread.fetch_add(bytes, Relaxed);
    }

    /// The client has read bytes of its answers, or they were given up.
    pub(crate) fn read(&self, bytes: usize) {
        if bytes > 0 {
            self.unread.fetch_sub(bytes, Relaxed);
            self.progress.fetch_add(1, Relaxed);
        }
    }

    /// The bytes of answers that the client has not read.
    pub(crate) fn unread(&self) -> usize {
        self.unread.load(Relaxed)
    }

    /// Ends the connection at once.
    pub(crate) fn end(&self) {
        self.ended.notify_one();
    }

    fn phase(&self) -> Phase {
        if self.unread() > 0 {
            Phase::Unread(self.progress.load(Relaxed))
        } else if self.running.load(Relaxed) > 0 {
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

/// The phase of a connection, with the number of requests it has had, or of the pieces that its client has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Busy,
    Unread(usize),
    Head(usize),
    Idle(usize),
}

/// The reason why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Still {
    /// It did not read its answers.
    Unread,
    /// It did not finish a request's head.
    Head,
    /// It had no request.
    Idle,
}

/// Looks at a connection at every tick and says when it has stood still for too long.
#[derive(Debug)]
pub(crate) struct Watch {
    activity: Arc<Activity>,
    admission: Arc<Admission>,
    tick: Duration,
    head: u32,
    idle: u32,
    write: u32,
    last: Phase,
    still: u32,
}

impl Watch {
    /// Watches a connection. While memory is short, one whose client reads nothing gets a tick.
    pub(crate) fn new(activity: Arc<Activity>, admission: Arc<Admission>, limits: &Limits) -> Self {
        let shortest = limits.head_time.min(limits.idle_time).min(limits.write_time);
        let tick = (shortest / 2).max(Duration::from_millis(1));
        let ticks = |time: Duration| {
            u32::try_from(time.as_nanos().div_ceil(tick.as_nanos())).unwrap_or(u32::MAX)
        };
        let (head, idle) = (ticks(limits.head_time), ticks(limits.idle_time));
        let write = ticks(limits.write_time);
        Watch { activity, admission, tick, head, idle, write, last: Phase::Idle(0), still: 0 }
    }

    /// Ends when the connection has had its time.
    pub(crate) async fn expired(mut self) -> Still {
        let activity = self.activity.clone();
        loop {
            if within(self.tick, activity.ended.notified()).await.is_some() {
                return Still::Unread;
            }
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
            Phase::Unread(_) if self.admission.is_under_pressure() => {
                (self.still >= 1).then_some(Still::Unread)
            }
            Phase::Unread(_) => (self.still >= self.write).then_some(Still::Unread),
            Phase::Head(_) => (self.still >= self.head).then_some(Still::Head),
            Phase::Idle(_) => (self.still >= self.idle).then_some(Still::Idle),
        }
    }
}

/// A socket that notes when bytes come.
#[derive(Debug)]
pub(crate) struct Heard<S> {
    pub(crate) stream: S,
    pub(crate) activity: Arc<Activity>,
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
        let admission = Admission::new(100, 9, 100);
        let (head_time, idle_time) = (Duration::from_secs(2), Duration::from_secs(4));
        Watch::new(
            activity.clone(),
            admission,
            &Limits { head_time, idle_time, ..Limits::default() },
        )
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
    fn an_answer_that_is_not_read_has_its_time_and_every_piece_read_gives_more() {
        let activity = Arc::new(Activity::default());
        let limits = Limits { write_time: Duration::from_secs(3), ..Limits::default() };
        let admission = Admission::new(100, 9, 100);
        let mut watch = Watch::new(activity.clone(), admission, &limits);
        activity.answered(10);
        assert_eq!(ticks(&mut watch), 3);
        activity.read(1);
        assert_eq!(ticks(&mut watch), 3);
        activity.read(9);
        assert_eq!(ticks(&mut watch), 20);
    }

    #[test]
    fn an_answer_that_is_not_read_has_little_time_while_memory_is_short() {
        let activity = Arc::new(Activity::default());
        let limits = Limits { write_time: Duration::from_secs(8), ..Limits::default() };
        let admission = Admission::new(100, 9, 100);
        let mut watch = Watch::new(activity.clone(), admission.clone(), &limits);
        let answer = admission.answer(&activity, false, 40).expect("it has room");
        assert_eq!((watch.look(), watch.look()), (None, None));
        let others = admission.answer(&Arc::new(Activity::default()), false, 40);
        assert_eq!(watch.look(), Some(Still::Unread));
        drop((answer, others));
        assert_eq!(watch.look(), None);
    }

    #[test]
    fn frames_between_requests_of_http2_are_no_slow_head() {
        let activity = Arc::new(Activity::default());
        drop(activity.begin(true));
        activity.heard.store(true, Relaxed);
        assert_eq!(ticks(&mut watch(&activity)), 5);
    }
}
