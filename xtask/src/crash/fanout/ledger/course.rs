//! What becomes of a subscription in the course of a run.

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::crash) enum State {
    /// It exists, its queue too, and that takes what comes.
    Open,
    /// It exists, and its queue is gone or lets nobody in: what comes is a dead letter.
    Away,
    /// It does not exist.
    Ended,
}

/// Its states, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Course(Vec<Phase>);

/// One of them. Between `asked` and `from`, and between `until` and the next one's `from`, nobody knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    pub(super) state: State,
    /// The step at which it was known to have begun.
    pub(super) from: Option<u64>,
    /// The step at which the next one was asked for.
    pub(super) until: Option<u64>,
    /// The step at which the next one was known to have begun.
    pub(super) over: Option<u64>,
}

/// All subscriptions are made before the first message.
impl Default for Course {
    fn default() -> Self {
        Course(vec![Phase { state: State::Open, from: Some(0), until: None, over: None }])
    }
}

impl Course {
    /// Another state is asked for.
    pub(super) fn begin(&mut self, state: State, step: u64) {
        if let Some(last) = self.0.last_mut() {
            last.until = Some(step);
        }
        self.0.push(Phase { state, from: None, until: None, over: None });
    }

    /// It was acknowledged.
    pub(super) fn settle(&mut self, step: u64) {
        let mut latest = self.0.iter_mut().rev();
        latest.next().into_iter().for_each(|last| last.from = Some(step));
        latest.next().into_iter().for_each(|before| before.over = Some(step));
    }

    /// The last state, and whether it was acknowledged.
    pub(super) fn state(&self) -> (State, bool) {
        self.0.last().map_or((State::Open, true), |last| (last.state, last.from.is_some()))
    }

    /// How often another state was asked for.
    pub(super) fn changes(&self) -> usize {
        self.0.len() - 1
    }

    /// All states.
    pub(super) fn phases(&self) -> &[Phase] {
        &self.0
    }
}

impl Phase {
    /// Whether it had begun for certain when something began at this step.
    pub(super) fn had_begun(&self, step: u64) -> bool {
        self.from.is_some_and(|from| from < step)
    }

    /// Whether it lasted for certain until something that had happened by this step.
    pub(super) fn lasted(&self, step: u64) -> bool {
        self.until.is_none_or(|until| step < until)
    }

    /// Whether it may have lasted until something that began at this step.
    pub(super) fn may_have_lasted(&self, step: u64) -> bool {
        self.over.is_none_or(|over| step < over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_certain_once_it_was_answered() {
        let mut course = Course::default();
        course.begin(State::Away, 5);
        assert_eq!(course.state(), (State::Away, false));
        course.settle(7);
        assert_eq!(course.state(), (State::Away, true));
        let [open, away] = course.phases() else { panic!("{course:?}") };
        assert!(open.had_begun(1) && open.lasted(4) && !open.lasted(5));
        assert!(open.may_have_lasted(6) && !open.may_have_lasted(7));
        assert!(!away.had_begun(7) && away.had_begun(8) && away.lasted(u64::MAX));
    }
}
