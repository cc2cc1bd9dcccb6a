//! How many transactions a second a FIFO queue takes, with AWS's quotas.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html>

use std::collections::{BTreeMap, BTreeSet};

use base::{Arn, Incarnation, Timestamp};
use parking_lot::Mutex;
use runtime::{Decision, Moment, Quotas};

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::QueueLane;
use crate::model::fifo::Group;
use crate::model::fifo::attributes::Throughput;
use crate::model::name::is_fifo;

/// What has a quota of its own: an action, alone or in batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Send,
    Receive,
    Delete,
}

/// One quota: of a queue's action, or of one group of it.
type Quota = (Incarnation, Action, Option<Group>);

/// The transactions of the present second. It is memory only: a restart forgets one second.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Second>);

#[derive(Default)]
struct Second {
    number: u64,
    used: BTreeMap<Quota, u32>,
}

impl Second {
    /// Counts a transaction for each of these quotas, if none of them is used up.
    fn count(&mut self, now: Timestamp, quotas: &[Quota]) -> Result<(), Error> {
        if self.number != now.seconds() {
            *self = Second { number: now.seconds(), used: BTreeMap::new() };
        }
        let is_used_up = |quota: &Quota| {
            self.used.get(quota).is_some_and(|used| *used >= limits::FIFO_TRANSACTIONS)
        };
        if quotas.iter().any(is_used_up) {
            return Err(Error::RequestThrottled);
        }
        quotas.iter().for_each(|quota| *self.used.entry(*quota).or_default() += 1);
        Ok(())
    }
}

impl Sqs {
    /// Refuses a transaction of a FIFO queue that would be one too many. Where the quota is per group, only
    /// sends have groups and so a quota.
    pub(crate) async fn throttle(
        &self,
        queue: &Arn,
        action: Action,
        groups: impl Iterator<Item = &str>,
    ) -> Result<(), Error> {
        let node = self.queues.node();
        if node.quotas() != Quotas::Aws || !is_fifo(queue) {
            return Ok(());
        }
        let look = |lane: &QueueLane, _: Moment<'_>| {
            let queue = lane.queue.as_ref();
            Decision::<_, _, Error>::answer(
                queue.map(|queue| (queue.incarnation, queue.attributes.fifo)),
            )
        };
        let Some((incarnation, Some(attributes))) = self.queues.enter(queue, look).await? else {
            return Ok(());
        };
        let quotas: Vec<Quota> = match attributes.throughput {
            Throughput::PerQueue => vec![(incarnation, action, None)],
            Throughput::PerGroup => {
                let groups: BTreeSet<Group> = groups.map(Group::of).collect();
                groups.into_iter().map(|group| (incarnation, action, Some(group))).collect()
            }
        };
        self.throttle.0.lock().count(node.timers().now(), &quotas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(action: Action, group: Option<u64>) -> Quota {
        (Incarnation::from_bytes([1; 16]), action, group.map(Group))
    }

    #[test]
    fn each_action_has_three_hundred_transactions_a_second() {
        let mut second = Second::default();
        let mut count =
            |at: u64, action| second.count(Timestamp::from_millis(at), &[quota(action, None)]);
        for _ in 0..300 {
            assert_eq!(count(1000, Action::Send), Ok(()));
        }
        assert_eq!(count(1999, Action::Send), Err(Error::RequestThrottled));
        assert_eq!(count(1999, Action::Receive), Ok(()));
        assert_eq!(count(2000, Action::Send), Ok(()));
    }

    #[test]
    fn a_batch_with_a_group_that_has_used_up_its_quota_counts_for_no_other() {
        let mut second = Second::default();
        let (a, b) = (quota(Action::Send, Some(1)), quota(Action::Send, Some(2)));
        for _ in 0..300 {
            assert_eq!(second.count(Timestamp::ZERO, &[a]), Ok(()));
        }
        assert_eq!(second.count(Timestamp::ZERO, &[a, b]), Err(Error::RequestThrottled));
        assert_eq!((second.used[&a], second.used.get(&b)), (300, None));
        assert_eq!(second.count(Timestamp::ZERO, &[b]), Ok(()));
    }
}
