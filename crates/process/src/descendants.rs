//! The end of everything that descends from a child.

use std::time::Duration;

use rustix::event::{Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, wait};

/// The time between two looks at what is left.
const PAUSE: Duration = Duration::from_millis(2);

/// Kills and reaps all descendants of this process. It adopts orphans: each round kills its children of
/// then, whose children it has in the next.
pub(crate) fn end_all() {
    loop {
        match wait(WaitOptions::NOHANG) {
            // Somebody was reaped; there may be more.
            Ok(Some(_)) => {}
            // All that are left run, or are on the way to their end.
            Ok(None) => {
                children().for_each(|child| _ = kill_process(child, Signal::KILL));
                pause();
            }
            // There is none left.
            Err(_) => return,
        }
    }
}

/// The children of this process.
fn children() -> impl Iterator<Item = Pid> {
    let own = getpid().as_raw_pid();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(move |id| parent(*id) == Some(own)).filter_map(Pid::from_raw)
}

/// The parent of a process: the second field after the name, which is in parentheses and may contain
/// anything (proc_pid_stat(5)).
fn parent(id: i32) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn pause() {
    let time = Timespec { tv_sec: 0, tv_nsec: PAUSE.subsec_nanos().into() };
    _ = poll(&mut [], Some(&time));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_known() {
        let (own, parents) = (getpid(), rustix::process::getppid());
        assert_eq!(parent(own.as_raw_pid()), parents.map(Pid::as_raw_pid));
        assert_eq!(parent(i32::MAX), None);
    }
}
