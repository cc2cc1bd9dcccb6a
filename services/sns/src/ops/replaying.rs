//! How replays begin and end: what Subscribe, ConfirmSubscription and SetSubscriptionAttributes have in
//! common.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-subscriber.html>

use runtime::Moment;

use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::limits;
use crate::model::change::Replayed;
use crate::model::replay::{Archived, Replay};
use crate::model::replay_policy::ReplayPolicy;
use crate::model::{Change, Subscription, Topic};

/// The error of a replay policy without an archive; AWS puts the text behind `Invalid parameter: `.
const NO_ARCHIVE: &str = "ReplayPolicy: The topic has no active ArchivePolicy";

/// Refuses a policy in a topic that has nothing to replay; `refused` words it.
pub(super) fn check_archive(
    topic: &Topic,
    policy: Option<&ReplayPolicy>,
    refused: impl FnOnce(String) -> Error,
) -> Result<(), Error> {
    let is_kept = topic.archive.and_then(|archive| archive.kept_from()).is_some();
    if policy.is_none() || is_kept { Ok(()) } else { Err(refused(NO_ARCHIVE.to_owned())) }
}

/// The change by which the replay begins that a confirmed subscription asks for, if it does. It takes the
/// place of one that runs.
pub(super) fn begin(
    topic: &Topic,
    moment: Moment<'_>,
    id: SubscriptionId,
    policy: Option<&ReplayPolicy>,
) -> Result<Option<Change>, Error> {
    let Some(policy) = policy else { return Ok(None) };
    let before = topic.replays.get(id);
    let is_new = before.is_none_or(|before| !before.is_active());
    if is_new && topic.replays.count() >= limits::REPLAYS {
        return Err(Error::ReplayLimitExceeded);
    }
    let archive = topic.archive.zip(topic.attributes.archive());
    let (since, from) = archive.map_or((moment.now, topic.end), |(archive, kept)| {
        (archive.beginning(kept, moment.now), archive.from)
    });
    let archive = Archived { since, from, end: topic.end };
    let replay = Replay::begin(before, policy, archive, moment.now);
    Ok(Some(replayed(id, replay)))
}

/// What becomes of the replay of a subscription whose policy was set, or taken away. What it is still to get
/// of what was published before stays owed to it.
pub(super) fn set(
    topic: &Topic,
    moment: Moment<'_>,
    id: SubscriptionId,
    subscription: &Subscription,
) -> Result<Option<Change>, Error> {
    let policy = subscription.attributes.replay.as_ref();
    check_archive(topic, policy, Error::InvalidParameter)?;
    if subscription.is_pending() {
        return Ok(None);
    }
    match (policy, topic.replays.get(id)) {
        (Some(_), _) => begin(topic, moment, id, policy),
        (None, before) => Ok(before.map(|before| replayed(id, before.withdraw(moment.now)))),
    }
}

fn replayed(id: SubscriptionId, replay: Replay) -> Change {
    Change::Replayed(Replayed { changed: vec![(id, replay)] })
}
