//! The only source of chance.
//!
//! Every id, secret and token of the program is drawn here. Seeded with a number, it draws the same
//! ones again: that is how a whole node is replayed.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// A cryptographically strong generator; its clones draw from the same sequence.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// Seeded by the operating system. Panics if that has no randomness to give: nothing can be
    /// done safely without it.
    #[expect(clippy::disallowed_methods, reason = "this is the room of chance")]
    pub fn system() -> Self {
        let rng = StdRng::try_from_rng(&mut rand::rngs::SysRng)
            .expect("the operating system gives random numbers");
        Random(Arc::new(Mutex::new(rng)))
    }

    /// Draws the same sequence for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Random(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A random (version 4) UUID.
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_draws_the_same_ids_twice() {
        let draw = |seed| -> Vec<Uuid> {
            let random = Random::seeded(seed);
            (0..4).map(|_| random.uuid()).collect()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
