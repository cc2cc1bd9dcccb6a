//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html>

use std::sync::Arc;

use api::types::{PurgeQueueOutput, PurgeQueueRequest};
use base::Timestamp;
use runtime::{Call, Decision, Moment, Quotas};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::purge::Purge;
use crate::model::{Change, Queue, QueueLane};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: PurgeQueueRequest,
) -> Result<PurgeQueueOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let quotas = sqs.queues.node().quotas();
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, quotas)).await?;
    Ok(PurgeQueueOutput {})
}

/// One small commit, whatever the queue holds: its rows go later. AWS takes up to a minute for that; here
/// nobody receives a purged message any more.
fn decide(lane: &QueueLane, moment: Moment<'_>, quotas: Quotas) -> Decision<QueueLane, (), Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let recently = |purge: &Purge| moment.now < purge.at + limits::PURGED_RECENTLY;
    if quotas == Quotas::Aws && queue.purge.as_ref().is_some_and(recently) {
        return Decision::Refuse(Error::PurgeQueueInProgress(lane.arn.resource().to_owned()));
    }
    Decision::keep(vec![Change::Purged(plan(queue, moment.now))], ())
}

/// What an earlier purge has not finished is finished by this one, at the time at which that is due.
fn plan(queue: &Queue, now: Timestamp) -> Purge {
    let unfinished = queue.purge.as_ref().filter(|purge| purge.trim_at.is_some());
    let from = unfinished.map_or(queue.backlog.head(), |purge| purge.from);
    let below = queue.backlog.tail();
    let due = unfinished.and_then(|purge| purge.trim_at).unwrap_or(now);
    Purge { at: now, from, below, trim_at: (from < below).then_some(due), found: None }
}

#[cfg(test)]
mod tests {
    use store::Position;

    use super::*;
    use crate::model::backlog::Counts;
    use crate::model::testing;

    fn purge(lane: &mut QueueLane, millis: u64) -> Purge {
        let decision = decide(lane, testing::moment(millis), Quotas::None);
        let Decision::Plan(plan) = decision else { panic!("refused") };
        testing::apply(lane, plan.changes);
        lane.queue().unwrap().purge.clone().unwrap()
    }

    #[test]
    fn a_purge_leaves_nothing_and_uses_no_position_twice() {
        let (mut lane, _) = testing::received(1);
        let purge = purge(&mut lane, 7);
        let queue = lane.queue().unwrap();
        assert_eq!((purge.from, purge.below), (Position(0), Position(1)));
        assert_eq!(purge.trim_at, Some(Timestamp::from_millis(7)));
        assert_eq!(queue.backlog.counts(), Counts::default());
        assert_eq!((queue.backlog.tail(), queue.sweep_at), (Position(1), None));
    }

    #[test]
    fn an_empty_queue_has_nothing_to_trim() {
        assert_eq!(purge(&mut testing::lane(), 7).trim_at, None);
    }

    #[test]
    fn a_second_purge_takes_over_what_the_first_has_left() {
        let (mut lane, _) = testing::received(1);
        purge(&mut lane, 7);
        let sent = Change::Sent {
            position: Position(1),
            stored: testing::stored(8),
            delayed_until: None,
            sweep_at: None,
        };
        testing::apply(&mut lane, vec![sent]);
        let second = purge(&mut lane, 9);
        assert_eq!((second.from, second.below), (Position(0), Position(2)));
        assert_eq!(second.trim_at, Some(Timestamp::from_millis(7)), "it is due already");
    }

    #[test]
    fn a_queue_is_purged_once_a_minute_with_aws_quotas_only() {
        let mut lane = testing::lane();
        purge(&mut lane, 1000);
        let again = |millis, quotas| decide(&lane, testing::moment(millis), quotas);
        let Decision::Refuse(error) = again(60_999, Quotas::Aws) else { panic!("purged") };
        assert_eq!(
            error.to_string(),
            "Only one PurgeQueue operation on orders is allowed every 60 seconds."
        );
        assert!(matches!(again(61_000, Quotas::Aws), Decision::Plan(_)));
        assert!(matches!(again(1000, Quotas::None), Decision::Plan(_)));
    }
}
