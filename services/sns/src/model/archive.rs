//! The archive of a FIFO topic: its log, from a position on.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html>

use base::{Span, Timestamp};
use serde_json::Value;
use store::Position;

use crate::keys::ArchiveRow;
use crate::limits;
use crate::model::read::Found;

const DAY: u64 = 86_400;
/// How far the time of a message may lie from those of its neighbours in the log: it is taken when a request
/// is checked, and its position when the topic's lane is entered.
pub(crate) const SKEW: Span = Span::from_seconds(60);
/// The shortest time between two sweeps.
const PAUSE: Span = Span::from_seconds(60);

/// An `ArchivePolicy`: how long messages are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArchivePolicy {
    text: String,
    retention: Span,
}

/// The archive of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Archive {
    /// The time from which messages are in it; older ones are not, or no longer.
    pub(crate) since: Timestamp,
    /// Records from this position on are kept.
    pub(crate) from: Position,
    /// The time of the next sweep: there is a timer for it.
    pub(crate) sweep_at: Timestamp,
    /// Its policy is gone. Nothing is kept for it any more, and the next sweep ends it.
    pub(crate) has_ended: bool,
}

impl ArchivePolicy {
    /// Reads a policy: `{"MessageRetentionPeriod": "<days>"}`, or `{}` for none.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|_| "failed to parse JSON.".to_owned())?;
        let Value::Object(policy) = value else { return Err("must be a JSON object.".into()) };
        if policy.is_empty() {
            return Ok(None);
        }
        if let Some(unknown) = policy.keys().find(|key| *key != "MessageRetentionPeriod") {
            return Err(format!("unknown key {unknown}."));
        }
        let days = match &policy["MessageRetentionPeriod"] {
            Value::Number(days) => days.as_u64(),
            Value::String(days) => days.parse().ok(),
            _ => None,
        };
        match days {
            Some(days) if limits::ARCHIVE_DAYS.contains(&days) => {
                let retention = Span::from_seconds(days * DAY);
                Ok(Some(ArchivePolicy { text: text.to_owned(), retention }))
            }
            _ => Err("MessageRetentionPeriod must be between 1 and 365 days.".into()),
        }
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl Archive {
    /// An archive in which everything will be that comes from now on.
    pub(crate) fn begin(policy: &ArchivePolicy, now: Timestamp, end: Position) -> Self {
        Archive { since: now, from: end, sweep_at: now + policy.retention, has_ended: false }
    }

    /// The archive of a topic after its policy was set or removed.
    pub(crate) fn set(
        before: Option<&Archive>,
        former: Option<&ArchivePolicy>,
        policy: Option<&ArchivePolicy>,
        now: Timestamp,
        end: Position,
    ) -> Option<Self> {
        let present = before.filter(|archive| !archive.has_ended);
        match (present, policy) {
            (None, None) => before.copied(),
            (None, Some(policy)) => Some(Archive::begin(policy, now, end)),
            (Some(archive), None) => Some(Archive { has_ended: true, sweep_at: now, ..*archive }),
            (Some(archive), Some(policy)) if former == Some(policy) => Some(*archive),
            // What was too old under either policy is gone, though it may still stand in the log.
            (Some(archive), Some(policy)) => {
                let since = former.map_or(archive.since, |former| archive.beginning(former, now));
                let archive = Archive { since, ..*archive };
                let since = archive.beginning(policy, now);
                Some(Archive { since, sweep_at: now, ..archive })
            }
        }
    }

    /// `BeginningArchiveTime`: the earliest time from which messages can be replayed.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
    pub(crate) fn beginning(&self, policy: &ArchivePolicy, now: Timestamp) -> Timestamp {
        self.since.max(now - policy.retention)
    }

    /// The first position that it keeps, if it keeps any.
    pub(crate) fn kept_from(&self) -> Option<Position> {
        (!self.has_ended).then_some(self.from)
    }

    /// Messages older than this are given up by a sweep now.
    pub(crate) fn cutoff(policy: &ArchivePolicy, now: Timestamp) -> Timestamp {
        now - policy.retention - SKEW
    }

    /// The archive after a sweep that has given up what is before a position.
    pub(crate) fn swept(
        &self,
        policy: &ArchivePolicy,
        found: Found,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Self {
        let next = found.time.unwrap_or(now) + policy.retention + SKEW;
        Archive {
            since: self.since.max(cutoff),
            from: self.from.max(found.position),
            sweep_at: next.max(now + PAUSE),
            has_ended: false,
        }
    }

    pub(super) fn from_row(row: ArchiveRow) -> Self {
        Archive {
            since: Timestamp::from_millis(row.since_ms),
            from: Position(row.from),
            sweep_at: Timestamp::from_millis(row.sweep_ms),
            has_ended: row.has_ended,
        }
    }

    pub(super) fn to_row(self) -> ArchiveRow {
        ArchiveRow {
            since_ms: self.since.millis(),
            from: self.from.0,
            sweep_ms: self.sweep_at.millis(),
            has_ended: self.has_ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: u64) -> ArchivePolicy {
        let text = format!(r#"{{"MessageRetentionPeriod":{days}}}"#);
        ArchivePolicy::parse(&text).unwrap().unwrap()
    }

    fn day(day: u64) -> Timestamp {
        Timestamp::ZERO + Span::from_seconds(day * DAY)
    }

    #[test]
    fn one_to_three_hundred_and_sixty_five_days_are_kept() {
        for (good, days) in [("1", 1), ("\"30\"", 30), ("365", 365)] {
            let text = format!(r#"{{"MessageRetentionPeriod":{good}}}"#);
            let policy = ArchivePolicy::parse(&text).unwrap().unwrap();
            assert_eq!(
                (policy.as_str(), policy.retention.seconds()),
                (text.as_str(), days * 86_400)
            );
        }
        assert_eq!(ArchivePolicy::parse("{}"), Ok(None));
        for bad in ["0", "366", "\"x\"", "-1", "null", "1.5"] {
            let text = format!(r#"{{"MessageRetentionPeriod":{bad}}}"#);
            let refused = ArchivePolicy::parse(&text).unwrap_err();
            assert!(refused.contains("between 1 and 365"), "{bad}: {refused}");
        }
        for bad in ["", "3", r#"{"Days":3}"#] {
            assert!(ArchivePolicy::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn it_begins_when_the_policy_is_set_and_later_follows_its_period() {
        let archive = Archive::begin(&days(10), day(100), Position(7));
        assert_eq!(archive.beginning(&days(10), day(103)), day(100));
        assert_eq!(archive.beginning(&days(10), day(115)), day(105));
        assert_eq!(archive.kept_from(), Some(Position(7)));
    }

    #[test]
    fn what_a_shorter_period_gave_up_does_not_come_back_with_a_longer_one() {
        let set = |archive: &Archive, former: u64, new: u64, now| {
            let former = days(former);
            Archive::set(Some(archive), Some(&former), Some(&days(new)), now, Position(9)).unwrap()
        };
        let long = Archive::begin(&days(30), day(100), Position(7));
        let short = set(&long, 30, 5, day(120));
        assert_eq!((short.since, short.from, short.sweep_at), (day(115), Position(7), day(120)));
        let again = set(&short, 5, 30, day(121));
        assert_eq!(again.beginning(&days(30), day(121)), day(116));
        assert_eq!(set(&again, 30, 30, day(140)), again, "the same policy changes nothing");
    }

    #[test]
    fn an_archive_whose_policy_is_gone_keeps_nothing_and_a_new_one_begins_anew() {
        let archive = Archive::begin(&days(30), day(100), Position(7));
        let former = days(30);
        let ended = Archive::set(Some(&archive), Some(&former), None, day(110), Position(9));
        let ended = ended.unwrap();
        assert_eq!((ended.kept_from(), ended.sweep_at), (None, day(110)));
        assert_eq!(Archive::set(Some(&ended), None, None, day(111), Position(9)), Some(ended));
        let anew = Archive::set(Some(&ended), None, Some(&former), day(111), Position(9));
        assert_eq!(anew, Some(Archive::begin(&former, day(111), Position(9))));
        assert_eq!(Archive::set(None, None, None, day(1), Position(0)), None);
    }

    #[test]
    fn it_is_swept_when_its_oldest_message_is_old_enough_but_not_all_the_time() {
        let archive = Archive::begin(&days(10), day(100), Position(0));
        let cutoff = Archive::cutoff(&days(10), day(120));
        let swept = |oldest| {
            archive.swept(
                &days(10),
                Found { position: Position(5), time: oldest },
                cutoff,
                day(120),
            )
        };
        assert_eq!(swept(Some(day(115))).sweep_at, day(125) + SKEW);
        assert_eq!(swept(Some(day(109))).sweep_at, day(120) + PAUSE);
        assert_eq!(swept(None).sweep_at, day(130) + SKEW);
        assert_eq!((swept(None).since, swept(None).from), (cutoff, Position(5)));
    }
}
