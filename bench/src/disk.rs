//! What the disk takes for one durable append, with nothing in the way.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

const APPEND: usize = 1024;
const LONGEST: Duration = Duration::from_millis(300);
const MOST: usize = 2_000;

/// The median of appending 1 KiB to a file and syncing it, over 300 ms. A commit for one message
/// cannot be faster; many messages may share one.
pub(crate) fn append_and_sync(directory: &Path) -> anyhow::Result<Duration> {
    let path = directory.join("probe");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).context("the probe")?;
    let bytes = [0xa5; APPEND];
    let mut times = Vec::with_capacity(MOST);
    let begin = Instant::now();
    while times.len() < MOST && (times.is_empty() || begin.elapsed() < LONGEST) {
        let start = Instant::now();
        file.write_all(&bytes)?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    std::fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
