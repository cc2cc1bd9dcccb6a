//! Where the program can be reached at the moment, if anywhere.

use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The clients wait here while there is no program.
#[derive(Default)]
pub(super) struct Stage {
    scene: Mutex<Scene>,
    changed: Condvar,
}

#[derive(Default)]
struct Scene {
    /// Counts the programs: two may get the same port.
    number: u64,
    address: Option<SocketAddr>,
    closed: bool,
}

impl Stage {
    /// A program listens here now.
    pub(super) fn open(&self, address: SocketAddr) {
        let mut scene = self.lock();
        scene.number += 1;
        scene.address = Some(address);
        self.changed.notify_all();
    }

    /// The program is gone; another one will come.
    pub(super) fn clear(&self) {
        self.lock().address = None;
    }

    /// The last program is gone.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits for a program after the one with this number; none when there will be none.
    pub(super) fn next(&self, after: u64) -> Option<(u64, SocketAddr)> {
        let mut scene = self.lock();
        while !scene.closed {
            match scene.address {
                Some(address) if scene.number > after => return Some((scene.number, address)),
                _ => scene = self.changed.wait(scene).unwrap_or_else(PoisonError::into_inner),
            }
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_same_port_is_another_one() {
        let stage = Stage::default();
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        stage.open(address);
        assert_eq!(stage.next(0), Some((1, address)));
        stage.clear();
        stage.open(address);
        assert_eq!(stage.next(1), Some((2, address)));
        stage.close();
        assert_eq!(stage.next(2), None);
    }
}
