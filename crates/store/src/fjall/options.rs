//! What can be chosen when a directory is opened.

use std::sync::Arc;

use super::space::FreeSpace;
use crate::Observer;

const MIB: usize = 1 << 20;

/// How a directory is opened.
#[derive(Clone)]
pub struct Options {
    /// Memory for blocks that were read from the disk, in bytes.
    pub cache_bytes: u64,
    /// How large the engine's journals may grow, in bytes, at least 64 MiB: opening replays them.
    pub journal_bytes: u64,
    /// Free bytes below which nothing that grows is taken; below a quarter of it nothing is taken at all.
    pub floor_bytes: u64,
    /// Where the free bytes are looked up; `None` for the directory's file system.
    pub free_space: Option<Arc<dyn FreeSpace>>,
    /// How many bytes are committed before the free space is looked up again; it is also looked up once a
    /// second.
    pub look_bytes: u64,
    /// The largest commit: what is submitted beyond it waits for the next.
    pub commit_bytes: usize,
    /// How many bytes may wait to be committed; more is refused as if the disk were full.
    pub queue_bytes: usize,
    /// How often the witness of what is on disk is written, in seconds: so much of what was committed just
    /// before a crash has none (`witness.rs`).
    pub witness_seconds: f64,
    /// Is told of each commit, and when the engine cannot go on.
    pub observer: Arc<dyn Observer>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            cache_bytes: 64 * MIB as u64,
            journal_bytes: 256 * MIB as u64,
            floor_bytes: 512 * MIB as u64,
            free_space: None,
            look_bytes: 16 * MIB as u64,
            commit_bytes: 4 * MIB,
            queue_bytes: 256 * MIB,
            witness_seconds: 1.0,
            observer: Arc::new(()),
        }
    }
}
