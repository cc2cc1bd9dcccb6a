//! How much room there is, and how far the engine is behind: looked up by the writer, read by everybody.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::{Growth, Pressure};

/// Where the free space is looked up.
pub trait FreeSpace: Send + Sync + 'static {
    /// The bytes that can still be written.
    fn free(&self) -> io::Result<u64>;
}

/// A file system.
#[derive(Debug)]
pub(super) struct FileSystem(pub(super) PathBuf);

impl FreeSpace for FileSystem {
    fn free(&self) -> io::Result<u64> {
        let numbers = rustix::fs::statvfs(&self.0)?;
        // Not `f_bfree`: the blocks that are kept for root cannot be counted on.
        Ok(numbers.f_bavail.saturating_mul(numbers.f_frsize))
    }
}

/// The newest figures; reading them costs nothing.
#[derive(Debug)]
pub(super) struct Gauge {
    floor: u64,
    free: AtomicU64,
    /// The bits of an `f32`: the share of [`Pressure::Slow`], 0 for none.
    behind: AtomicU32,
}

impl Gauge {
    pub(super) fn new(floor: u64, free: u64) -> Self {
        Gauge { floor, free: AtomicU64::new(free), behind: AtomicU32::new(0) }
    }

    pub(super) fn set_free(&self, free: u64) {
        self.free.store(free, Ordering::Relaxed);
    }

    pub(super) fn set_behind(&self, share: f32) {
        self.behind.store(share.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    /// Whether there is room. What frees is taken for longer: a full queue must be drained to get better,
    /// and draining writes too.
    pub(super) fn has_room(&self, growth: Growth) -> bool {
        let floor = match growth {
            Growth::Grows => self.floor,
            Growth::Frees => self.floor / 4,
        };
        self.free.load(Ordering::Relaxed) >= floor
    }

    pub(super) fn pressure(&self) -> Pressure {
        if !self.has_room(Growth::Grows) {
            return Pressure::Full;
        }
        match f32::from_bits(self.behind.load(Ordering::Relaxed)) {
            share if share > 0.0 => Pressure::Slow(share),
            _ => Pressure::Free,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_frees_is_taken_down_to_a_quarter_of_the_floor() {
        let gauge = Gauge::new(1000, 1000);
        assert!(gauge.has_room(Growth::Grows));
        gauge.set_free(999);
        assert!(!gauge.has_room(Growth::Grows));
        assert!(gauge.has_room(Growth::Frees));
        gauge.set_free(249);
        assert!(!gauge.has_room(Growth::Frees));
    }

    #[test]
    fn a_full_disk_comes_before_being_behind() {
        let gauge = Gauge::new(1000, 5000);
        assert_eq!(gauge.pressure(), Pressure::Free);
        gauge.set_behind(0.5);
        assert_eq!(gauge.pressure(), Pressure::Slow(0.5));
        gauge.set_free(0);
        assert_eq!(gauge.pressure(), Pressure::Full);
    }

    #[test]
    fn a_file_system_knows_its_free_bytes() {
        let free = FileSystem(std::env::temp_dir()).free().expect("it can be asked");
        assert!(free > 0);
    }
}
