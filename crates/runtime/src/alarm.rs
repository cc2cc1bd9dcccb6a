//! A lane's alarm: the moment at which time alone brings something for those who wait at it.

use std::sync::Arc;

use base::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// When to attend to a lane. One task a lane follows it, and only while somebody waits there.
#[derive(Default)]
pub(crate) struct Alarm {
    set: Mutex<Set>,
    /// Somebody has set it to an earlier time.
    pub(crate) moved: Arc<Notify>,
}

#[derive(Default)]
struct Set {
    at: Option<Timestamp>,
    followed: bool,
}

impl Alarm {
    /// Sets the alarm unless it is set to an earlier time; answers whether a task must follow it.
    pub(crate) fn set(&self, at: Timestamp) -> bool {
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
    pub(crate) fn time(&self) -> Option<Timestamp> {
        let mut set = self.set.lock();
        set.followed = set.at.is_some();
        set.at
    }

    /// Takes the alarm that has gone off.
    pub(crate) fn take(&self, at: Timestamp) {
        let mut set = self.set.lock();
        set.at = set.at.filter(|&set| set > at);
    }
}
