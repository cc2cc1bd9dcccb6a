//! How many connections the process can have: each is an open file, and the store needs some too.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are not connections: the store's, the log, the runtime's own.
const RESERVED: u64 = 512;

/// Raises the process's limit on open files as far as `wanted` connections need, and says how many of
/// them there can be. Running out of files would hit the store, which cannot go on without.
pub fn connections(wanted: usize) -> usize {
    let asked = u64::try_from(wanted).unwrap_or(u64::MAX);
    let Some(files) = raise(asked.saturating_add(RESERVED)) else { return wanted };
    let possible = possible(asked, files);
    if possible < asked {
        tracing::warn!(files, connections = possible, "the limit on open files allows fewer");
    }
    usize::try_from(possible).unwrap_or(wanted)
}

fn possible(asked: u64, files: u64) -> u64 {
    asked.min(files.saturating_sub(RESERVED).max(files / 2).max(1))
}

/// The limit on open files after it was raised to `needed` if that is allowed; `None`: there is none.
fn raise(needed: u64) -> Option<u64> {
    let now = getrlimit(Resource::Nofile);
    let current = now.current?;
    if current >= needed {
        return Some(current);
    }
    let raised = now.maximum.map_or(needed, |most| most.min(needed)).max(current);
    let limit = Rlimit { current: Some(raised), maximum: now.maximum };
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) => Some(raised),
        Err(_) => Some(current),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_store() {
        assert_eq!(possible(4096, 1 << 20), 4096);
        assert_eq!(possible(4096, 1024), 512);
        assert_eq!(possible(4096, 256), 128);
        assert_eq!(possible(10, 256), 10);
        assert_eq!(possible(10, 1), 1);
    }
}
