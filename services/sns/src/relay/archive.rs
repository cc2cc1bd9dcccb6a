//! The sweep of an archive: what is older than the policy's period is given up, and all when the policy is
//! gone. Records go with the next round, which releases what nobody needs, a bounded number a commit.

use base::Timestamp;
use runtime::delivery::Health;
use runtime::due::DueEntry;
use runtime::{Decision, Moment, Trouble};
use store::Position;

use crate::Sns;
use crate::error::Error;
use crate::model::archive::Archive;
use crate::model::change::{Archived, Settled};
use crate::model::laggards::Moves;
use crate::model::relay::Underway;
use crate::model::{Change, Topic, TopicLane, read};

/// What a sweep looks for: the first message that is not older than the cutoff, among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sweep {
    from: Position,
    tail: Position,
    cutoff: Timestamp,
}

/// What a look at the archive led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// It was swept already.
    Nothing,
    Search(Sweep),
    /// Its policy is gone.
    End,
}

impl Sns {
    /// Gives up what an archive need not keep any more.
    pub(crate) async fn sweep(&self, entry: &DueEntry) -> Result<(), Trouble> {
        let look = |lane: &TopicLane, moment: Moment<'_>| look(lane, moment, entry);
        let found = match self.decide(&entry.arn, look).await? {
            None | Some(Look::Nothing) => return Ok(()),
            Some(Look::End) => None,
            Some(Look::Search(sweep)) => {
                let rows = self.topics.rows(&entry.arn);
                let (life, range) = (entry.incarnation, (sweep.from, sweep.tail));
                let found = read::position_of(life, range, sweep.cutoff, &rows).await;
                let found = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
                Some((sweep, found))
            }
        };
        let settle = |lane: &TopicLane, moment: Moment<'_>| settle(lane, moment, entry, found);
        self.decide(&entry.arn, settle).await.map(|_| ())
    }
}

/// The topic and its archive, if this entry is the one that they wait for.
fn standing<'l>(lane: &'l TopicLane, entry: &DueEntry) -> Option<(&'l Topic, &'l Archive)> {
    let topic = lane.topic.as_ref().filter(|topic| topic.incarnation == entry.incarnation)?;
    let archive = topic.archive.as_ref().filter(|archive| archive.sweep_at == entry.at)?;
    Some((topic, archive))
}

fn look(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
) -> Decision<TopicLane, Look, Error> {
    let Some((topic, archive)) = standing(lane, entry) else {
        return Decision::answer(Look::Nothing);
    };
    Decision::answer(match topic.attributes.archive().filter(|_| !archive.has_ended) {
        None => Look::End,
        Some(policy) => {
            let cutoff = Archive::cutoff(policy, moment.now);
            Look::Search(Sweep { from: archive.from, tail: topic.tail, cutoff })
        }
    })
}

/// What came of a sweep. The policy may be another one by now, or gone: then what was found is still too old.
fn settle(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    found: Option<(Sweep, (Position, Option<Timestamp>))>,
) -> Decision<TopicLane, (), Error> {
    let Some((topic, archive)) = standing(lane, entry) else { return Decision::answer(()) };
    let policy = topic.attributes.archive().filter(|_| !archive.has_ended);
    let archive = match (policy, found) {
        (Some(policy), Some((sweep, found))) => {
            Some(archive.swept(policy, found, sweep.cutoff, moment.now))
        }
        (Some(_), None) => return Decision::answer(()),
        (None, _) => None,
    };
    let mut changes = Vec::new();
    if topic.relay.head < archive.map_or(topic.tail, |archive| archive.from) {
        changes.push(wake(topic, Moves::new(), moment.now));
    }
    changes.push(Change::Archived(Archived { done: Some(entry.clone()), archive }));
    Decision::mark(changes, ())
}

/// The change that brings a round, which releases what nobody needs any more, and lets subscriptions be
/// behind from now on. Deliveries stand as they did.
pub(super) fn wake(topic: &Topic, behind: Moves, now: Timestamp) -> Change {
    let relay = &topic.relay;
    let drain_at = Health::ALL.map(|health| relay.drain_with(health, &behind));
    // A round may be under way that nobody knew of, and pass by who is behind from now on. What it brings,
    // and whom it has passed, is not known here: who is behind comes up to the last message, and what a
    // round then brings again is known by its receiver.
    let passed = Underway { to: topic.tail, last: None, passed: topic.tail };
    let round = if behind.is_empty() { relay.round } else { Some(passed) };
    Change::Settled(Box::new(Settled {
        entry: None,
        head: relay.head,
        done: relay.done,
        behind,
        round,
        relay_at: relay.relay_at.or(Some(now)),
        drain_at,
    }))
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
        lane.topic.as_mut().unwrap().tail = Position(9);
        lane
    }

    fn entry(lane: &TopicLane) -> DueEntry {
        let topic = lane.topic.as_ref().unwrap();
        let (at, what) = (topic.archive.unwrap().sweep_at, DueKind::Archive as u8);
        DueEntry { at, incarnation: topic.incarnation, what, arn: lane.arn.clone() }
    }

    fn looked(lane: &TopicLane, at: u64) -> Look {
        let Decision::Plan(plan) = look(lane, moment(at), &entry(lane)) else { panic!("no plan") };
        plan.answer
    }

    fn settled(lane: &mut TopicLane, at: u64, to: u64) -> Vec<Change> {
        let found = match looked(lane, at) {
            Look::Search(sweep) => Some((sweep, (Position(to), None))),
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
    fn what_a_sweep_gives_up_is_released_by_the_next_round() {
        let mut lane = lane();
        assert_eq!(settled(&mut lane, 2 * DAY, 0).len(), 1, "nothing is to be released");
        assert_eq!(settled(&mut lane, 3 * DAY + 60_000, 4).len(), 2);
        let topic = lane.topic.as_ref().unwrap();
        assert_eq!(topic.kept_from(), Some(Position(4)));
        assert_eq!(topic.relay.relay_at, Some(Timestamp::from_millis(3 * DAY + 60_000)));
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
        let found = Some((sweep, (Position(2), None)));
        let Decision::Plan(plan) = settle(&lane, moment(DAY), &entry(&lane), found) else {
            panic!("no plan")
        };
        testing::apply(&mut lane, plan.changes);
        let topic = lane.topic.as_ref().unwrap();
        assert_eq!((topic.archive, topic.kept_from()), (None, None));
        assert!(topic.relay.relay_at.is_some(), "a round releases what it kept");
    }
}
