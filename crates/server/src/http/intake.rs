//! A bound on the bytes of all request bodies together: limits per body and per connection alone
//! would still multiply to more memory than any machine has.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::refusal::Refusal;

/// The bytes of bodies that are held now.
#[derive(Debug)]
pub(super) struct Intake {
    held: AtomicUsize,
    most: usize,
}

/// The part of them that one request holds, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share<'a> {
    intake: &'a Intake,
    bytes: usize,
}

impl Intake {
    /// Holds at most that many bytes.
    pub(super) fn new(most: usize) -> Self {
        Intake { held: AtomicUsize::new(0), most }
    }

    /// The share of a new request: nothing yet.
    pub(super) fn share(&self) -> Share<'_> {
        Share { intake: self, bytes: 0 }
    }
}

impl Share<'_> {
    /// Takes more bytes, or refuses them.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        let before = self.intake.held.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        // What was added on top is given back with the share, when the refusal drops it.
        if before + bytes > self.intake.most { Err(Refusal::NoRoom) } else { Ok(()) }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.intake.held.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_makes_room_again() {
        let intake = Intake::new(10);
        let mut first = intake.share();
        assert_eq!(first.take(10), Ok(()));
        let mut second = intake.share();
        assert_eq!(second.take(1), Err(Refusal::NoRoom));
        drop(second);
        drop(first);
        assert_eq!(intake.share().take(10), Ok(()));
    }
}
