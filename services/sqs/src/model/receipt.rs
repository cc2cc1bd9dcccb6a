//! Receipt handles: what a receiver shows to delete a message or to keep it hidden.
//!
//! A handle says which message and which receive of it, sealed with a secret that its queue drew when it was
//! created: it cannot be guessed, it needs no row, and it dies with its queue.

use base::Incarnation;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::Position;

/// A queue's seal.
pub(crate) type Secret = [u8; 32];

/// A receive of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// Which message.
    pub(crate) position: Position,
    /// Which receive of it: the first is 1.
    pub(crate) receive: u32,
}

const SEAL: usize = 20;

impl Receipt {
    /// The handle.
    pub(crate) fn seal(self, queue: &Incarnation, secret: &Secret) -> String {
        let plain = self.plain();
        let mac = seal(queue, secret, &plain).finalize().into_bytes();
        STANDARD.encode([&plain[..], &mac[..SEAL]].concat())
    }

    /// The receive that a handle of this queue was given for.
    pub(crate) fn open(handle: &str, queue: &Incarnation, secret: &Secret) -> Option<Self> {
        let bytes = STANDARD.decode(handle).ok()?;
        let (plain, mac) = bytes.split_first_chunk::<12>()?;
        if mac.len() != SEAL {
            return None;
        }
        seal(queue, secret, plain).verify_truncated_left(mac).ok()?;
        let (position, receive) = plain.split_first_chunk::<8>()?;
        let receive = receive.first_chunk::<4>()?;
        Some(Receipt {
            position: Position(u64::from_be_bytes(*position)),
            receive: u32::from_be_bytes(*receive),
        })
    }

    fn plain(self) -> [u8; 12] {
        let mut plain = [0; 12];
        plain[..8].copy_from_slice(&self.position.0.to_be_bytes());
        plain[8..].copy_from_slice(&self.receive.to_be_bytes());
        plain
    }
}

fn seal(queue: &Incarnation, secret: &Secret, plain: &[u8; 12]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(queue.as_bytes());
    mac.update(plain);
    mac
}

#[cfg(test)]
mod tests {
    use base::Random;

    use super::*;

    #[test]
    fn a_handle_opens_only_in_its_own_queue() {
        let random = Random::seeded(1);
        let (queue, secret) = (Incarnation::draw(&random), random.bytes());
        let receipt = Receipt { position: Position(7), receive: 3 };
        let handle = receipt.seal(&queue, &secret);
        assert_eq!(Receipt::open(&handle, &queue, &secret), Some(receipt));
        assert_eq!(Receipt::open(&handle, &queue, &random.bytes()), None);
        assert_eq!(Receipt::open(&handle, &Incarnation::draw(&random), &secret), None);
    }

    #[test]
    fn no_changed_character_goes_unnoticed() {
        let (queue, secret) = (Incarnation::from_bytes([1; 16]), [2; 32]);
        let handle = Receipt { position: Position(1), receive: 1 }.seal(&queue, &secret);
        for index in 0..handle.len() {
            let mut other = handle.clone().into_bytes();
            other[index] = if other[index] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(Receipt::open(&other, &queue, &secret), None, "at {index}");
        }
        assert_eq!(Receipt::open("", &queue, &secret), None);
        assert_eq!(Receipt::open(&handle[..40], &queue, &secret), None);
    }
}
