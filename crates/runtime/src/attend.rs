//! Attending to those who wait at a lane: now, and when its alarm goes off.

use std::sync::{Arc, Weak};

use base::Timestamp;
use tokio::sync::Notify;

use crate::activity::Active;
use crate::cell::Cell;
use crate::lane::Lane;
use crate::node::Node;
use crate::timers::Timers;

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
        let active = node.activity().begin();
        node.tasks().spawn(follow(Arc::downgrade(node), Arc::downgrade(cell), active));
    }
}

async fn follow<L: Lane>(node: Weak<Node>, cell: Weak<Cell<L>>, active: Active) {
    while let Some((at, timers, moved)) = next_alarm(&node, &cell) {
        let sleep = async {
            tokio::select! {
                biased;
                () = timers.sleep_until(at) => true,
                () = moved.notified() => false,
            }
        };
        if !active.park(sleep).await {
            continue;
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
