//! How replays begin and end: what Subscribe, ConfirmSubscription and SetSubscriptionAttributes have in
//! common.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-subscriber.html>

use runtime::Moment;

use crate::error::Error;
use crate::limits;
use crate::model::change::Replayed;
use crate::model::replay::Replay;
use crate::model::replay_policy::ReplayPolicy;
use crate::model::{Change, Subscription, SubscriptionId, Topic};

/// What is wrong with a replay policy that could be read; AWS puts the text behind `Invalid parameter: `.
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
    let since = archive.map_or(moment.now, |(archive, kept)| archive.beginning(kept, moment.now));
    let replay = Replay::begin(before, policy, since, (moment.now, topic.tail));
    Ok(Some(replayed(id, replay)))
}

/// The subscription after its replay policy was set, or taken away, and what becomes of its replay.
pub(super) fn set(
    topic: &Topic,
    moment: Moment<'_>,
    id: SubscriptionId,
    subscription: Subscription,
) -> Result<(Subscription, Option<Change>), Error> {
    let policy = subscription.attributes.replay.as_ref();
    check_archive(topic, policy, Error::InvalidParameter)?;
    if subscription.is_pending() {
        return Ok((subscription, None));
    }
    let before = topic.replays.get(id);
    let change = match policy {
        Some(_) => begin(topic, moment, id, policy)?,
        None => before.map(|before| replayed(id, before.withdraw(moment.now))),
    };
    // What was published while the subscription stood at the end of its range was not for it.
    let since = match before.is_some_and(Replay::has_kept_back) {
        true => topic.tail,
        false => subscription.since,
    };
    Ok((Subscription { since, ..subscription }, change))
}

fn replayed(id: SubscriptionId, replay: Replay) -> Change {
    Change::Replayed(Replayed { done: None, changed: vec![(id, replay)] })
}
