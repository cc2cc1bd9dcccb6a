//! The log ceiling: appending to a file and syncing it, with nothing in the way. A durable answer cannot
//! be faster, whatever engine stands behind it; many messages may share one sync.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::statistics::median;

/// When the file is begun again, as an engine begins another journal.
const LONGEST: usize = 256 << 20;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    /// Appends with their `fdatasync`, a second.
    pub commits: f64,
    /// What one took, the median.
    pub sync: Duration,
}

/// Appends so many bytes and syncs them, over and over.
pub(crate) fn append(directory: &Path, bytes: usize, window: Duration) -> anyhow::Result<Log> {
    let path = tempfile::Builder::new().prefix("log-").tempfile_in(directory)?.into_temp_path();
    let mut file = OpenOptions::new().write(true).truncate(true).open(&path).context("the log")?;
    // Not all the same byte, which a file system might not even write.
    let record: Vec<u8> = (0..bytes).map(|index| (index * 31 % 251) as u8).collect();
    let (mut times, mut length) = (Vec::new(), 0);
    let begin = Instant::now();
    while times.is_empty() || begin.elapsed() < window {
        times.push(once(&mut file, &record)?.as_secs_f64());
        length += bytes;
        if length > LONGEST {
            file.set_len(0)?;
            file.rewind()?;
            length = 0;
        }
    }
    let commits = times.len() as f64 / times.iter().sum::<f64>();
    let sync = Duration::from_secs_f64(median(times.into_iter()).unwrap_or_default());
    Ok(Log { commits, sync })
}

fn once(file: &mut File, record: &[u8]) -> anyhow::Result<Duration> {
    let start = Instant::now();
    file.write_all(record)?;
    file.sync_data()?;
    Ok(start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_one_append_is_measured_and_nothing_is_left_behind() {
        let directory = tempfile::tempdir().unwrap();
        let log = append(directory.path(), 1000, Duration::ZERO).unwrap();
        assert!(log.commits > 0.0 && log.sync > Duration::ZERO);
        assert_eq!(directory.path().read_dir().unwrap().count(), 0);
    }
}
