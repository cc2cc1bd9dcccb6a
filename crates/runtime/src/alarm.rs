//! A lane's alarm: the moment at which time alone brings something for those who wait at it.

use std::sync::{Arc, Weak};

use base::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::cell::Cell;
use crate::lane::Lane;
use crate::node::Node;
use crate::timers::Timers;

/// When to attend to a lane. One task a lane follows it, and only while somebody waits there.
#[derive(Default)]
pub(crate) struct Alarm {
    set: Mutex<Set>,
    moved: Arc<Notify>,
}

#[derive(Default)]
struct Set {
    at: Option<Timestamp>,
    followed: bool,
}

impl Alarm {
    /// Sets the alarm unless it is set to an earlier time; answers whether a task must follow it.
    fn set(&self, at: Timestamp) -> bool {
        let mut set = self.set.lock();
        if set.at.is_some_and(|before| before <= at) {
            return false;
        }
        set.at = Some(at);
        if set.followed {
            self.moved.notify_one();
        }
        !std::mem::replace(&mut set.followed, true)
    }

    /// What it is set to; without a time, its task ends.
    fn time(&self) -> Option<Timestamp> {
        let mut set = self.set.lock();
        set.followed = set.at.is_some();
        set.at
    }

    /// Takes the alarm that has gone off.
    fn take(&self, at: Timestamp) {
        let mut set = self.set.lock();
        set.at = set.at.filter(|&set| set > at);
    }
}

/// Wakes those at `cell` for whom there is something now, and sees to it that the others are woken
/// when time brings something.
pub(crate) fn attend<L: Lane>(node: &Arc<Node>, cell: &Arc<Cell<L>>) {
    if let Some(next) = cell.attend(node.timers().now()) {
        arm(node, cell, next);
    }
}

/// Sets the alarm of a lane.
pub(crate) fn arm<L: Lane>(node: &Arc<Node>, cell: &Arc<Cell<L>>, at: Timestamp) {
    if cell.alarm.set(at) {
        node.tasks().spawn(follow(Arc::downgrade(node), Arc::downgrade(cell)));
    }
}

async fn follow<L: Lane>(node: Weak<Node>, cell: Weak<Cell<L>>) {
    while let Some((at, timers, moved)) = next_alarm(&node, &cell) {
        tokio::select! {
            biased;
            () = timers.sleep_until(at) => {}
            () = moved.notified() => continue,
        }
        if let Some((node, cell)) = node.upgrade().zip(cell.upgrade()) {
            cell.alarm.take(at);
            attend(&node, &cell);
        }
    }
}

/// What the task needs to sleep, without keeping the lane in memory while it does.
fn next_alarm<L: Lane>(
    node: &Weak<Node>,
    cell: &Weak<Cell<L>>,
) -> Option<(Timestamp, Timers, Arc<Notify>)> {
    let (node, cell) = node.upgrade().zip(cell.upgrade())?;
    let at = cell.alarm.time()?;
    Some((at, node.timers().clone(), Arc::clone(&cell.alarm.moved)))
}
