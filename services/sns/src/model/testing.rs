//! Topics for tests of decisions.

use base::{AccountId, Arn, Incarnation, Random, Region, Timestamp};
use runtime::{Lane, Moment};

use crate::model::change::{Change, Created};
use crate::model::{Attributes, LogEntry, Message, TopicLane};

/// A moment that many milliseconds after 1970.
pub(crate) fn moment(millis: u64) -> Moment<'static> {
    static RANDOM: std::sync::LazyLock<Random> = std::sync::LazyLock::new(|| Random::seeded(1));
    Moment { now: Timestamp::from_millis(millis), random: &RANDOM, stopping: false }
}

/// A topic without subscriptions, set to this.
pub(crate) fn lane(name: &str, attributes: &[(&str, &str)]) -> TopicLane {
    let arn = Arn::new("sns", &Region::default(), &AccountId::DEFAULT, name);
    let mut lane = TopicLane { arn, topic: None, fact: None };
    let given = attributes.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let created = Created {
        incarnation: Incarnation::from_bytes([1; 16]),
        secret: [2; 32],
        at: Timestamp::ZERO,
        attributes: Attributes::parse(&given).unwrap(),
        tags: Default::default(),
    };
    lane.apply(Change::Created(Box::new(created)));
    lane
}

/// Applies changes.
pub(crate) fn apply(lane: &mut TopicLane, changes: Vec<Change>) {
    for change in changes {
        lane.apply(change);
    }
}

/// A message of this text.
pub(crate) fn message(body: &str) -> LogEntry {
    LogEntry::Message(Box::new(Message {
        id: uuid::Uuid::nil(),
        published: Timestamp::ZERO,
        publisher: String::new(),
        body: body.into(),
        bodies: Default::default(),
        structured: false,
        subject: None,
        attributes: Default::default(),
        group_id: None,
        deduplication_id: None,
        reached_at: String::new(),
    }))
}
