//! The sweep of an archive: it gives up what is older than the policy's period, and everything when the policy is
//! gone. Records are released with the next batch, a bounded number per commit.

use base::Timestamp;
use runtime::jobs::Timer;
use runtime::{Decision, Moment, Trouble};
use store::Position;

use super::settle::wake;
use crate::Sns;
use crate::error::Error;
use crate::model::archive::Archive;
use crate::model::change::Archived;
use crate::model::lagging::CursorUpdates;
use crate::model::read::Found;
use crate::model::{Change, Topic, TopicLane, read};

/// A search for the first message that is not older than the cutoff, among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sweep {
    from: Position,
    end: Position,
    cutoff: Timestamp,
}

/// The result of a search: the first message that is not older than the cutoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Swept {
    cutoff: Timestamp,
    found: Found,
}

/// The result of a look at the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// There is nothing to do: it was swept already.
    Nothing,
    Search(Sweep),
    /// The policy is gone.
    End,
}

impl Sns {
    /// Gives up what an archive need not keep any more.
    pub(crate) async fn sweep(&self, entry: &Timer) -> Result<(), Trouble> {
        let look = |lane: &TopicLane, moment: Moment<'_>| look(lane, moment, entry);
        let found = match self.decide(&entry.arn, look).await? {
            None | Some(Look::Nothing) => return Ok(()),
            Some(Look::End) => None,
            Some(Look::Search(sweep)) => {
                let rows = self.topics.rows(&entry.arn);
                let Sweep { from, end, cutoff } = sweep;
                let found = read::first_since(entry.incarnation, from, end, cutoff, &rows).await;
                let found = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
                Some(Swept { cutoff, found })
            }
        };
        let settle = |lane: &TopicLane, moment: Moment<'_>| settle(lane, moment, entry, found);
        self.decide(&entry.arn, settle).await.map(|_| ())
    }
}

/// The topic and its archive, if this entry is the one that they wait for.
fn present<'l>(lane: &'l TopicLane, entry: &Timer) -> Option<(&'l Topic, &'l Archive)> {
    let topic = lane.topic.as_ref().filter(|topic| topic.incarnation == entry.incarnation)?;
    let archive = topic.archive.as_ref().filter(|archive| archive.sweep_at == entry.at)?;
    Some((topic, archive))
}

fn look(lane: &TopicLane, moment: Moment<'_>, entry: &Timer) -> Decision<TopicLane, Look, Error> {
    let Some((topic, archive)) = present(lane, entry) else {
        return Decision::answer(Look::Nothing);
    };
    Decision::answer(match topic.attributes.archive().filter(|_| !archive.has_ended) {
        None => Look::End,
        Some(policy) => {
            let cutoff = Archive::cutoff(policy, moment.now);
            Look::Search(Sweep { from: archive.from, end: topic.end, cutoff })
        }
    })
}

/// Settles a sweep. The policy may be another one by now, or gone: then what was found is still too old.
fn settle(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &Timer,
    found: Option<Swept>,
) -> Decision<TopicLane, (), Error> {
    let Some((topic, archive)) = present(lane, entry) else { return Decision::answer(()) };
    let policy = topic.attributes.archive().filter(|_| !archive.has_ended);
    let archive = match (policy, found) {
        (Some(policy), Some(Swept { cutoff, found })) => {
            Some(archive.swept(policy, found, cutoff, moment.now))
        }
        (Some(_), None) => return Decision::answer(()),
        (None, _) => None,
    };
    let mut changes = Vec::new();
    if topic.relay.released < archive.map_or(topic.end, |archive| archive.from) {
        changes.push(wake(topic, CursorUpdates::new(), moment.now));
    }
    changes.push(Change::Archived(Archived { done: Some(entry.clone()), archive }));
    Decision::mark(changes, ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::DueKind;
    use crate::model::testing::{self, moment};

    const POLICY: (&str, &str) = ("ArchivePolicy", r#"{"MessageRetentionPeriod":1}"#);
    const DAY: u64 = 86_400_000;

    fn lane() -> TopicLane {
        let mut lane = testing::lane("orders.fifo", &[("FifoTopic", "true"), POLICY]);
        lane.topic.as_mut().unwrap().end = Position(9);
        lane
    }

    fn entry(lane: &TopicLane) -> Timer {
        let topic = lane.topic.as_ref().unwrap();
        let (at, kind) = (topic.archive.unwrap().sweep_at, DueKind::Archive as u8);
        Timer { at, incarnation: topic.incarnation, kind, arn: lane.arn.clone() }
    }

    fn swept(sweep: Sweep, to: u64) -> Swept {
        Swept { cutoff: sweep.cutoff, found: Found { position: Position(to), time: None } }
    }

    fn looked(lane: &TopicLane, at: u64) -> Look {
        let Decision::Plan(plan) = look(lane, moment(at), &entry(lane)) else { panic!("no plan") };
        plan.answer
    }

    fn settled(lane: &mut TopicLane, at: u64, to: u64) -> Vec<Change> {
        let found = match looked(lane, at) {
            Look::Search(sweep) => Some(swept(sweep, to)),
            _ => None,
        };
        let entry = entry(lane);
        let Decision::Plan(plan) = settle(lane, moment(at), &entry, found) else {
            panic!("no plan")
        };
        testing::apply(lane, plan.changes.clone());
        plan.changes
    }

    #[test]
    fn what_a_sweep_gives_up_is_released_by_the_next_batch() {
        let mut lane = lane();
        assert_eq!(settled(&mut lane, 2 * DAY, 0).len(), 1, "nothing is to be released");
        assert_eq!(settled(&mut lane, 3 * DAY + 60_000, 4).len(), 2);
        let topic = lane.topic.as_ref().unwrap();
        assert_eq!(topic.kept_from(), Some(Position(4)));
        assert_eq!(topic.relay.deliver_at, Some(Timestamp::from_millis(3 * DAY + 60_000)));
    }

    #[test]
    fn an_entry_that_was_done_does_nothing_again() {
        let mut lane = lane();
        let entry = entry(&lane);
        settled(&mut lane, DAY, 4);
        let Decision::Plan(plan) = look(&lane, moment(DAY), &entry) else { panic!("no plan") };
        assert_eq!(plan.answer, Look::Nothing);
    }

    #[test]
    fn without_its_policy_an_archive_ends_whatever_was_looked_for() {
        let mut lane = lane();
        let Look::Search(sweep) = looked(&lane, DAY) else { panic!("no search") };
        lane.topic.as_mut().unwrap().archive.as_mut().unwrap().has_ended = true;
        let found = Some(swept(sweep, 2));
        let Decision::Plan(plan) = settle(&lane, moment(DAY), &entry(&lane), found) else {
            panic!("no plan")
        };
        testing::apply(&mut lane, plan.changes);
        let topic = lane.topic.as_ref().unwrap();
        assert_eq!((topic.archive, topic.kept_from()), (None, None));
        assert!(topic.relay.deliver_at.is_some(), "a round releases what it kept");
    }
}
