//! The bound on what all requests hold together, in number and in bytes. Limits per body and per connection alone would
//! still multiply to more memory than any machine has.
//!
//! A request beyond the bound is refused at once, so that those that were admitted are served. Nobody waits here: a queue
//! would hold memory too, and its callers would have given up before their turn.
//!
//! Bytes are held by bodies while requests run, and by answers until their client has read them. Each connection has a
//! share of its own, so that one client that reads nothing cannot keep all others out. Bodies of clients that have proven
//! nothing have half of the bytes between them, so that they cannot keep out those that have.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::activity::Activity;
use crate::refusal::Refusal;

/// Priority requests at one time. They have a room of their own: an operator must see the program when it is busiest, and
/// takes nobody's place.
const MOST_PRIORITY: usize = 1024;

/// Bytes of answers to priority requests at one time.
const MOST_PRIORITY_BYTES: usize = 16 << 20;

/// The part of them that is for long answers, such as all metrics. Clients that ask for these and do not read leave room
/// to be told how the program is.
const MOST_LONG_PRIORITY_BYTES: usize = MOST_PRIORITY_BYTES / 2;

/// The share of all bytes that one connection may hold.
const CONNECTION_SHARE: usize = 8;

/// The part of a connection's share that is for heads of answers, so that a longest body has room beside them.
const HEADS: usize = 64 * 1024;

/// The count of what is held now.
#[derive(Debug)]
pub(crate) struct Admission {
    bytes: AtomicUsize,
    priority_bytes: AtomicUsize,
    unproven_bytes: AtomicUsize,
    requests: AtomicUsize,
    priority: AtomicUsize,
    most_bytes: usize,
    most_unproven_bytes: usize,
    most_requests: usize,
    most_of_connection: usize,
}

/// The part of it that one request or one answer holds, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    activity: Arc<Activity>,
    held: Held,
    bytes: usize,
}

/// The counts that a permit is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Request,
    UnprovenRequest,
    PriorityRequest,
    Answer,
    PriorityAnswer,
}

impl Admission {
    /// Admits at most that many bytes of at most that many requests. A body of `longest` bytes is always within the
    /// share of one connection.
    pub(crate) fn new(most_bytes: usize, most_requests: usize, longest: usize) -> Arc<Self> {
        let [bytes, priority_bytes, unproven_bytes, requests, priority] =
            [0; 5].map(AtomicUsize::new);
        let most_of_connection = (most_bytes / CONNECTION_SHARE).max(longest + HEADS);
        Arc::new(Admission {
            bytes,
            priority_bytes,
            unproven_bytes,
            requests,
            priority,
            most_bytes,
            most_unproven_bytes: (most_bytes / 2).max(longest),
            most_requests,
            most_of_connection,
        })
    }

    /// Admits a request, with no bytes yet.
    ///
    /// # Errors
    /// Too many requests or bytes are held, by all or by this connection.
    pub(crate) fn admit(
        self: &Arc<Self>,
        activity: &Arc<Activity>,
        is_priority: bool,
    ) -> Result<Permit, Refusal> {
        let (held, count, most) = match is_priority {
            true => (Held::PriorityRequest, &self.priority, MOST_PRIORITY),
            false if activity.is_proven() => (Held::Request, &self.requests, self.most_requests),
            false => (Held::UnprovenRequest, &self.requests, self.most_requests),
        };
        let before = count.fetch_add(1, Relaxed);
        // Whatever was added is given back when a refusal drops the permit.
        let permit = self.permit(activity, held);
        if before >= most {
            return Err(Refusal::TooMany);
        }
        let is_full = match is_priority {
            true => self.priority_bytes.load(Relaxed) >= MOST_PRIORITY_BYTES,
            false => self.bytes.load(Relaxed) >= self.most_bytes,
        };
        match is_full {
            true => Err(Refusal::NoRoom),
            false => Ok(permit),
        }
    }

    /// Returns true if there is room for no more long priority answers.
    pub(crate) fn is_full_of_long(&self) -> bool {
        self.priority_bytes.load(Relaxed) >= MOST_LONG_PRIORITY_BYTES
    }

    /// Counts an answer until its permit is dropped.
    ///
    /// # Errors
    /// The connection holds too many bytes that its client has not read. There is nothing left to tell it.
    pub(crate) fn answer(
        self: &Arc<Self>,
        activity: &Arc<Activity>,
        is_priority: bool,
        bytes: usize,
    ) -> Result<Permit, Unread> {
        let held = if is_priority { Held::PriorityAnswer } else { Held::Answer };
        let mut permit = self.permit(activity, held);
        permit.add(bytes);
        match activity.unread() > self.most_of_connection {
            true => Err(Unread),
            false => Ok(permit),
        }
    }

    /// Returns true if more than half of the bytes are held: of all, of those for clients that have proven nothing,
    /// or of those for long priority answers.
    pub(crate) fn is_under_pressure(&self) -> bool {
        let is_over = |held: &AtomicUsize, most| held.load(Relaxed) > most / 2;
        is_over(&self.bytes, self.most_bytes)
            || is_over(&self.unproven_bytes, self.most_unproven_bytes)
            || is_over(&self.priority_bytes, MOST_LONG_PRIORITY_BYTES)
    }

    fn permit(self: &Arc<Self>, activity: &Arc<Activity>, held: Held) -> Permit {
        Permit { admission: Arc::clone(self), activity: Arc::clone(activity), held, bytes: 0 }
    }

    fn bytes_of(&self, held: Held) -> &AtomicUsize {
        match held {
            Held::Request | Held::UnprovenRequest | Held::PriorityRequest | Held::Answer => {
                &self.bytes
            }
            Held::PriorityAnswer => &self.priority_bytes,
        }
    }
}

/// A client does not read what it has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unread;

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the client does not read its answers")
    }
}

impl std::error::Error for Unread {}

impl Permit {
    /// Takes more bytes.
    ///
    /// # Errors
    /// Too many are held. The bytes are given back with the permit, when the refusal drops it.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        let before = self.add(bytes);
        let admission = &self.admission;
        let is_unproven = self.held == Held::UnprovenRequest;
        let is_full = before + bytes > admission.most_bytes
            || is_unproven
                && admission.unproven_bytes.load(Relaxed) > admission.most_unproven_bytes;
        if is_full { Err(Refusal::NoRoom) } else { Ok(()) }
    }

    /// The memory that this is a permit for.
    pub(crate) fn admission(&self) -> Arc<Admission> {
        Arc::clone(&self.admission)
    }

    /// A permit of its own for the first bytes of this one.
    pub(crate) fn split(&mut self, bytes: usize) -> Permit {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Permit {
            admission: Arc::clone(&self.admission),
            activity: Arc::clone(&self.activity),
            held: self.held,
            bytes,
        }
    }

    /// Counts more bytes of an answer; answers the total of all before.
    pub(crate) fn add(&mut self, bytes: usize) -> usize {
        self.bytes += bytes;
        if self.is_answer() {
            self.activity.answered(bytes);
        }
        if self.held == Held::UnprovenRequest {
            self.admission.unproven_bytes.fetch_add(bytes, Relaxed);
        }
        self.admission.bytes_of(self.held).fetch_add(bytes, Relaxed)
    }

    fn is_answer(&self) -> bool {
        matches!(self.held, Held::Answer | Held::PriorityAnswer)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        match self.held {
            Held::UnprovenRequest => {
                self.admission.requests.fetch_sub(1, Relaxed);
                self.admission.unproven_bytes.fetch_sub(self.bytes, Relaxed);
            }
            Held::Request => _ = self.admission.requests.fetch_sub(1, Relaxed),
            Held::PriorityRequest => _ = self.admission.priority.fetch_sub(1, Relaxed),
            Held::Answer | Held::PriorityAnswer => self.activity.read(self.bytes),
        }
        if self.bytes > 0 {
            self.admission.bytes_of(self.held).fetch_sub(self.bytes, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity() -> Arc<Activity> {
        Arc::new(Activity::default())
    }

    fn admit(admission: &Arc<Admission>) -> Permit {
        admission.admit(&activity(), false).expect("there is room")
    }

    #[test]
    fn dropped_permits_make_room_again() {
        let admission = Admission::new(10, 9, 10);
        let mut first = admit(&admission);
        assert_eq!(first.take(9), Ok(()));
        let mut second = admit(&admission);
        assert_eq!(second.take(2), Err(Refusal::NoRoom));
        drop(second);
        drop(first);
        assert_eq!(admit(&admission).take(10), Ok(()));
    }

    #[test]
    fn bodies_of_unproven_clients_leave_half_of_the_room_to_the_others() {
        let admission = Admission::new(100, 9, 10);
        let (mut unproven, mut other) = (admit(&admission), admit(&admission));
        assert_eq!((unproven.take(50), admission.is_under_pressure()), (Ok(()), true));
        assert_eq!(other.take(1), Err(Refusal::NoRoom));
        let proven = activity();
        proven.prove();
        let mut proven = admission.admit(&proven, false).expect("there is room");
        assert_eq!(proven.take(49), Ok(()));
        drop((unproven, other, proven));
        assert!(!admission.is_under_pressure());
        assert_eq!(admit(&admission).take(50), Ok(()));
    }

    #[test]
    fn a_request_too_many_is_refused_unless_it_has_priority() {
        let admission = Admission::new(10, 1, 10);
        let admit_priority = || admission.admit(&activity(), true);
        let priority: Vec<_> =
            (0..MOST_PRIORITY).map(|_| admit_priority().expect("it has priority")).collect();
        let only = admit(&admission);
        assert_eq!(admission.admit(&activity(), false).err(), Some(Refusal::TooMany));
        assert_eq!(admit_priority().err(), Some(Refusal::TooMany));
        drop((only, priority));
        drop(admit(&admission));
    }

    #[test]
    fn answers_that_nobody_reads_keep_requests_out_and_priority_requests_in() {
        let admission = Admission::new(100, 9, 100);
        let mut large = admission.answer(&activity(), false, 100).expect("it has room");
        assert_eq!(admission.admit(&activity(), false).err(), Some(Refusal::NoRoom));
        assert!(admission.admit(&activity(), true).is_ok());
        drop(large.split(50));
        assert!(admission.admit(&activity(), false).is_ok());
        drop(large);
        assert_eq!(admit(&admission).take(100), Ok(()));
    }

    #[test]
    fn priority_answers_that_nobody_reads_are_bounded_too() {
        let admission = Admission::new(100, 9, 100);
        let unread = admission.answer(&activity(), true, MOST_PRIORITY_BYTES);
        assert!(unread.is_err(), "it is more than a connection may hold");
        let connections: Vec<_> = (0..MOST_PRIORITY_BYTES / 100).map(|_| activity()).collect();
        let answers = connections.iter().map(|one| admission.answer(one, true, 100));
        let held: Vec<_> = answers.collect::<Result<_, _>>().expect("each has its share");
        let _one_more = admission.answer(&activity(), true, 100).expect("it is not refused");
        assert_eq!(admission.admit(&activity(), true).err(), Some(Refusal::NoRoom));
        assert!(admission.admit(&activity(), false).is_ok());
        drop(held);
        assert!(admission.admit(&activity(), true).is_ok());
    }

    #[test]
    fn long_priority_answers_that_nobody_reads_leave_room_for_short_ones() {
        let half = MOST_LONG_PRIORITY_BYTES;
        let admission = Admission::new(half * CONNECTION_SHARE, 9, 10);
        assert!(!admission.is_full_of_long() && !admission.is_under_pressure());
        let unread = admission.answer(&activity(), true, half).expect("it has room");
        assert!(admission.is_full_of_long() && admission.is_under_pressure());
        assert!(admission.admit(&activity(), true).is_ok());
        drop(unread);
        assert!(!admission.is_full_of_long());
    }

    #[test]
    fn one_connection_holds_no_more_than_its_share() {
        let (share, connection) = (HEADS * 2, activity());
        let admission = Admission::new(share * CONNECTION_SHARE, 9, 10);
        let first = admission.answer(&connection, false, share).expect("it is the share");
        assert_eq!(admission.answer(&connection, false, 1).err(), Some(Unread));
        assert!(admission.answer(&activity(), false, share).is_ok());
        drop(first);
        assert!(admission.answer(&connection, false, share).is_ok());
    }
}
