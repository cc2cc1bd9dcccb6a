//! The rate limit of topics, with AWS's quotas.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>

use std::collections::BTreeMap;

use base::{Arn, Incarnation, Timestamp};
use parking_lot::Mutex;
use runtime::{Decision, Moment, Quotas};

use crate::Sns;
use crate::error::Error;
use crate::limits;
use crate::model::attributes::Scope;
use crate::model::{Topic, TopicLane, arn};

/// The requests of the present second by topic. In memory only: a restart forgets one second.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Second>);

#[derive(Default)]
struct Second {
    number: u64,
    used: BTreeMap<Incarnation, Load>,
}

/// Messages that are published together, or in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
}

impl Load {
    /// Messages of these sizes.
    pub(crate) fn of(sizes: impl Iterator<Item = usize>) -> Self {
        sizes
            .fold(Load::default(), |load, size| load.with(Load { messages: 1, bytes: size as u64 }))
    }

    fn with(self, more: Load) -> Self {
        Load { messages: self.messages + more.messages, bytes: self.bytes + more.bytes }
    }

    fn fits(self) -> bool {
        self.messages <= limits::FIFO_MESSAGES && self.bytes <= limits::FIFO_BYTES
    }
}

impl Second {
    /// Counts a load of a topic, if there is room for all of it.
    fn count(&mut self, now: Timestamp, topic: Incarnation, load: Load) -> Result<(), Error> {
        if self.number != now.seconds() {
            *self = Second { number: now.seconds(), used: BTreeMap::new() };
        }
        let used = self.used.entry(topic).or_default();
        let sum = used.with(load);
        if !sum.fits() {
            return Err(Error::Throttling);
        }
        *used = sum;
        Ok(())
    }
}

impl Sns {
    /// Refuses what would be too much for a FIFO topic in one second. Where deduplication is within groups, AWS's
    /// quotas are those of a region, which is not looked at.
    pub(crate) async fn throttle(&self, topic: &Arn, load: Load) -> Result<(), Error> {
        let node = self.topics.node();
        if node.quotas() != Quotas::Aws || !arn::is_fifo(topic) {
            return Ok(());
        }
        let look = |lane: &TopicLane, _: Moment<'_>| {
            let scope = |topic: &Topic| topic.attributes.fifo.as_ref().map(|fifo| fifo.scope());
            let found = lane.topic.as_ref().map(|topic| (topic.incarnation, scope(topic)));
            Decision::<_, _, Error>::answer(found)
        };
        match self.topics.enter(topic, look).await? {
            Some((incarnation, Some(Scope::Topic))) => {
                self.throttle.0.lock().count(node.timers().now(), incarnation, load)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: Incarnation = Incarnation::from_bytes([1; 16]);

    fn load(messages: u64, bytes: u64) -> Load {
        Load { messages, bytes }
    }

    #[test]
    fn three_thousand_messages_a_second_are_taken() {
        let mut second = Second::default();
        let mut count = |at: u64, topic, messages| {
            second.count(Timestamp::from_millis(at), topic, load(messages, 1))
        };
        assert_eq!(count(1000, TOPIC, 2995), Ok(()));
        assert_eq!(count(1999, TOPIC, 6), Err(Error::Throttling));
        assert_eq!(count(1999, TOPIC, 5), Ok(()), "what was refused does not count");
        assert_eq!(count(1999, TOPIC, 1), Err(Error::Throttling));
        assert_eq!(count(1999, Incarnation::from_bytes([2; 16]), 1), Ok(()));
        assert_eq!(count(2000, TOPIC, 1), Ok(()));
    }

    #[test]
    fn twenty_mebibytes_a_second_are_taken() {
        let mut second = Second::default();
        let mut count = |bytes| second.count(Timestamp::ZERO, TOPIC, load(1, bytes));
        assert_eq!(count(20 << 20), Ok(()));
        assert_eq!(count(1), Err(Error::Throttling));
        assert_eq!(Load::of([3, 4].into_iter()), load(2, 7));
    }
}
