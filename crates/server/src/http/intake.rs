//! A bound on what all requests hold together, in number and in bytes: limits per body and per
//! connection alone would still multiply to more memory than any machine has.
//!
//! What passes it is refused at once, so that those who are in are served. Nobody waits at the door: a
//! queue there would hold memory too, and its callers would have given up before their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::refusal::Refusal;

/// Answers shorter than this are not counted: a connection's own buffer takes them.
const SMALL: usize = 64 * 1024;

/// Vital requests at one time. They have a room of their own: who looks after the program must see it
/// when it is busiest, and takes nobody's place.
const VITAL: usize = 1024;

/// What is held now.
#[derive(Debug)]
pub(super) struct Intake {
    bytes: AtomicUsize,
    requests: AtomicUsize,
    vital: AtomicUsize,
    most_bytes: usize,
    most_requests: usize,
}

/// The part of it that one request holds, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    intake: Arc<Intake>,
    place: Place,
    bytes: usize,
}

/// In which count a share is one.
#[derive(Clone, Copy, Debug)]
enum Place {
    Request,
    Vital,
    /// An answer: its request is over.
    None,
}

/// An answer's bytes with their share: they are held until its client has read them.
struct Outgoing {
    bytes: Bytes,
    _share: Share,
}

impl AsRef<[u8]> for Outgoing {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Intake {
    /// Holds at most that many bytes of at most that many requests.
    pub(super) fn new(most_bytes: usize, most_requests: usize) -> Arc<Self> {
        let [bytes, requests, vital] = [0; 3].map(AtomicUsize::new);
        Arc::new(Intake { bytes, requests, vital, most_bytes, most_requests })
    }

    /// Lets a request in, with no bytes yet, or refuses it.
    pub(super) fn admit(self: &Arc<Self>, is_vital: bool) -> Result<Share, Refusal> {
        let (place, count, most) = match is_vital {
            true => (Place::Vital, &self.vital, VITAL),
            false => (Place::Request, &self.requests, self.most_requests),
        };
        let before = count.fetch_add(1, Ordering::Relaxed);
        // Whatever was added is given back when a refusal drops the share.
        let share = Share { intake: Arc::clone(self), place, bytes: 0 };
        if before >= most {
            Err(Refusal::TooMany)
        } else if !is_vital && self.bytes.load(Ordering::Relaxed) >= self.most_bytes {
            Err(Refusal::NoRoom)
        } else {
            Ok(share)
        }
    }

    /// An answer, counted until its client has read it. It is not refused, as its work is done; but
    /// while answers that nobody reads fill the room, no request is let in.
    pub(super) fn outgoing(self: &Arc<Self>, bytes: Bytes) -> Bytes {
        if bytes.len() < SMALL {
            return bytes;
        }
        let mut share = Share { intake: Arc::clone(self), place: Place::None, bytes: 0 };
        share.add(bytes.len());
        Bytes::from_owner(Outgoing { bytes, _share: share })
    }
}

impl Share {
    /// Takes more bytes, or refuses them.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        let before = self.add(bytes);
        // What was added on top is given back with the share, when the refusal drops it.
        if before + bytes > self.intake.most_bytes { Err(Refusal::NoRoom) } else { Ok(()) }
    }

    fn add(&mut self, bytes: usize) -> usize {
        self.bytes += bytes;
        self.intake.bytes.fetch_add(bytes, Ordering::Relaxed)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        match self.place {
            Place::Request => _ = self.intake.requests.fetch_sub(1, Ordering::Relaxed),
            Place::Vital => _ = self.intake.vital.fetch_sub(1, Ordering::Relaxed),
            Place::None => {}
        }
        if self.bytes > 0 {
            self.intake.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(intake: &Arc<Intake>) -> Share {
        intake.admit(false).expect("there is room")
    }

    #[test]
    fn what_is_dropped_makes_room_again() {
        let intake = Intake::new(10, 9);
        let mut first = admit(&intake);
        assert_eq!(first.take(9), Ok(()));
        let mut second = admit(&intake);
        assert_eq!(second.take(2), Err(Refusal::NoRoom));
        drop(second);
        drop(first);
        assert_eq!(admit(&intake).take(10), Ok(()));
    }

    #[test]
    fn a_request_too_many_is_refused_unless_it_is_vital() {
        let intake = Intake::new(10, 1);
        let vital: Vec<_> = (0..VITAL).map(|_| intake.admit(true).expect("it is vital")).collect();
        let only = admit(&intake);
        assert_eq!(intake.admit(false).err(), Some(Refusal::TooMany));
        assert_eq!(intake.admit(true).err(), Some(Refusal::TooMany));
        drop((only, vital));
        drop(admit(&intake));
    }

    #[test]
    fn answers_that_nobody_reads_keep_requests_out() {
        let intake = Intake::new(SMALL, 9);
        let small = intake.outgoing(Bytes::from(vec![0; SMALL - 1]));
        let large = intake.outgoing(Bytes::from(vec![0; SMALL + 1]));
        assert_eq!(intake.admit(false).err(), Some(Refusal::NoRoom));
        assert!(intake.admit(true).is_ok());
        let part = large.slice(SMALL..);
        drop(large);
        assert_eq!(intake.admit(false).err(), Some(Refusal::NoRoom));
        drop(part);
        assert!(intake.admit(false).is_ok());
        drop(small);
    }
}
