//! Invariants: what must never be false of a lane. A broken one ends the process, because memory that contradicts
//! itself must not be answered from; the disk has what was decided before.

use crate::cell::{Cell, Held};
use crate::lane::{Lane, LogEnd};
use crate::node::Node;
use store::CommitNumber;

/// The first so many changes of a lane in memory are all checked while the program is tested, later ones now and
/// then.
const CHECKED: u64 = 256;
const NOW_AND_THEN: u64 = 1024;

/// What a lane's numbers were before a change.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    seen: CommitNumber,
    log_end: Option<LogEnd>,
}

impl Before {
    pub(crate) fn of<L: Lane>(held: &Held<L>) -> Self {
        Before { seen: held.seen, log_end: held.lane.log_end() }
    }
}

/// Asserts that a change has kept the lane's invariants.
pub(crate) fn assert_kept<L: Lane>(
    node: &Node,
    cell: &Cell<L>,
    held: &mut Held<L>,
    before: Before,
) {
    let kept = rising(before, Before::of(held)).and_then(|()| checked(held));
    if let Err(what) = kept {
        node.broken(&format!("{}: {what}", cell.arn));
    }
}

/// Commit numbers rise, and so do the ends of logs.
fn rising(before: Before, after: Before) -> Result<(), String> {
    if after.seen <= before.seen {
        return Err(format!("commit {:?} came after {:?}", after.seen, before.seen));
    }
    match (before.log_end, after.log_end) {
        (Some(old), Some(new))
            if old.incarnation == new.incarnation && new.position < old.position =>
        {
            Err(format!(
                "the end of the log has fallen from {:?} to {:?}",
                old.position, new.position
            ))
        }
        _ => Ok(()),
    }
}

/// The lane's own check, while the program is tested.
fn checked<L: Lane>(held: &mut Held<L>) -> Result<(), String> {
    if !cfg!(debug_assertions) {
        return Ok(());
    }
    held.changes += 1;
    let is_checked = held.changes <= CHECKED || held.changes.is_multiple_of(NOW_AND_THEN);
    if is_checked { held.lane.check() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use base::Incarnation;
    use store::Position;

    use super::*;

    fn numbers(commit: u64, life: u8, end: u64) -> Before {
        let incarnation = Incarnation::from_bytes([life; 16]);
        let log_end = Some(LogEnd { incarnation, position: Position(end) });
        Before { seen: CommitNumber(commit), log_end }
    }

    #[test]
    fn commits_and_ends_of_logs_rise() {
        assert!(rising(numbers(1, 1, 5), numbers(2, 1, 5)).is_ok());
        assert!(rising(numbers(1, 1, 5), numbers(1, 1, 6)).is_err());
        assert!(rising(numbers(1, 1, 5), numbers(2, 1, 4)).is_err());
        assert!(rising(numbers(1, 1, 5), numbers(2, 2, 0)).is_ok(), "another incarnation");
    }
}
