//! The door of a queue for what comes from elsewhere: dead letters and moved messages of other queues, and
//! the letters of other services ([`crate::target`]). It leads to the same sending as SendMessage.
//!
//! A delivery belongs to a stream and has a number that rises within it; the stream's highest number is
//! written in the commit of the messages themselves. So what is delivered again is there already, and a
//! stream costs its receiver one row, however many messages come.

use base::{Arn, Incarnation, Timestamp};
use runtime::delivery::{Delivered, Refusal, Sender};
use runtime::{Decision, Moment, Trouble};

use crate::Sqs;
use crate::model::{Change, Queue, QueueLane};
use crate::ops::sending::{self, Sending};
use crate::target;

/// A message on its way to a queue.
#[derive(Debug)]
pub(crate) struct Parcel {
    /// Its place in the stream.
    pub(crate) number: u64,
    pub(crate) sending: Sending,
}

/// A stream, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'s> {
    pub(crate) stream: Incarnation,
    /// The service that delivers; none if it is another queue.
    pub(crate) sender: Option<&'s Sender>,
}

impl Sqs {
    /// Delivers parcels of a stream, in order, up to the first one that is refused. After an error nobody
    /// knows what has arrived: the same parcels must be brought again, before any later one.
    pub(crate) async fn enqueue(
        &self,
        to: &Arn,
        source: Source<'_>,
        parcels: &[Parcel],
    ) -> Result<Delivered, Trouble> {
        self.queues.enter(to, |lane, moment| decide(lane, moment, source, parcels)).await
    }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    Source { stream, sender }: Source<'_>,
    parcels: &[Parcel],
) -> Decision<QueueLane, Delivered, Trouble> {
    let Some(queue) = &lane.queue else {
        return Decision::answer(Delivered { accepted: 0, refused: Some(Refusal::Gone) });
    };
    let known = parcels.iter().take_while(|parcel| queue.has_taken(&stream, parcel.number)).count();
    let new = &parcels[known..];
    if let Some(sender) = sender.filter(|_| !new.is_empty())
        && !target::is_let_in(queue, &lane.arn, sender)
    {
        let refused = Some(target::not_let_in(&lane.arn, sender));
        return Decision::answer(Delivered { accepted: known, refused });
    }
    // What a service delivers is dated when it comes.
    let newest = if sender.is_some() { Timestamp::ZERO } else { queue.backlog.newest() };
    let (mut changes, accepted, refused) = arrive(queue, moment, newest, new);
    if let Some(last) = new[..accepted].last() {
        changes.push(Change::Arrived { stream, highest: last.number });
    }
    Decision::grow(changes, Delivered { accepted: known + accepted, refused })
}

/// The messages that come, how many, and why no more. One that is older than others that came before it is
/// tracked from the beginning, as a delayed one is, so that its retention ends in time.
fn arrive(
    queue: &Queue,
    moment: Moment<'_>,
    mut newest: Timestamp,
    parcels: &[Parcel],
) -> (Vec<Change>, usize, Option<Refusal>) {
    let mut changes = Vec::with_capacity(2 * parcels.len() + 1);
    let mut oldest = Timestamp::MAX;
    for (index, parcel) in parcels.iter().enumerate() {
        let first = changes.len();
        if let Err(error) = sending::accept(queue, moment, &mut changes, &parcel.sending) {
            set_sweep(&mut changes, queue.sweep_for(oldest));
            return (changes, index, Some(Refusal::Denied(error.to_string())));
        }
        let sent = parcel.sending.stored.sent;
        if sent < newest
            && let Some(Change::Sent { delayed_until, .. }) = changes.get_mut(first)
        {
            delayed_until.get_or_insert(moment.now);
        }
        newest = newest.max(sent);
        oldest = oldest.min(sent);
    }
    set_sweep(&mut changes, queue.sweep_for(oldest));
    (changes, parcels.len(), None)
}

/// The first message brings the sweep that all of them need.
fn set_sweep(changes: &mut [Change], due: Option<Timestamp>) {
    if let Some(Change::Sent { sweep_at, .. }) = changes.first_mut() {
        *sweep_at = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;
    use crate::ops::sending::tests::sending;

    const STREAM: Incarnation = Incarnation::from_bytes([7; 16]);

    fn parcel(number: u64, sent: u64, size: usize) -> Parcel {
        let mut sending = sending(size, None);
        sending.stored = testing::stored(sent);
        Parcel { number, sending }
    }

    fn bring(lane: &mut QueueLane, parcels: &[Parcel]) -> (Vec<Change>, Delivered) {
        let source = Source { stream: STREAM, sender: None };
        let Decision::Plan(plan) = decide(lane, testing::moment(100), source, parcels) else {
            panic!("no plan")
        };
        testing::apply(lane, plan.changes.clone());
        (plan.changes, plan.answer)
    }

    fn visible(lane: &mut QueueLane) -> u64 {
        testing::observe(lane, 100);
        lane.queue().unwrap().backlog.counts().visible
    }

    #[test]
    fn what_is_brought_again_is_there_already() {
        let mut lane = testing::lane();
        bring(&mut lane, &[parcel(1, 5, 10), parcel(2, 6, 10)]);
        let (changes, delivered) = bring(&mut lane, &[parcel(2, 6, 10), parcel(3, 7, 10)]);
        assert_eq!(delivered, Delivered { accepted: 2, refused: None });
        assert_eq!(changes.len(), 2, "one message, and the stream's number");
        assert_eq!(bring(&mut lane, &[parcel(3, 7, 10)]).0, []);
        assert_eq!(visible(&mut lane), 3);
    }

    #[test]
    fn what_comes_behind_a_refused_message_is_not_taken_before_that_is_settled() {
        let mut lane = testing::lane();
        let parcels = [parcel(1, 5, 10), parcel(2, 6, 2_000_000), parcel(3, 7, 10)];
        let (_, delivered) = bring(&mut lane, &parcels);
        assert_eq!(delivered.accepted, 1);
        assert!(matches!(delivered.refused, Some(Refusal::Denied(_))));
        assert!(!lane.queue().unwrap().has_taken(&STREAM, 2));
        assert_eq!(visible(&mut lane), 1);
    }

    #[test]
    fn a_queue_that_is_not_there_is_gone() {
        let mut lane = QueueLane { queue: None, ..testing::lane() };
        let (changes, delivered) = bring(&mut lane, &[parcel(1, 5, 10)]);
        assert_eq!((changes, delivered.refused), (vec![], Some(Refusal::Gone)));
    }

    #[test]
    fn a_message_older_than_those_before_it_is_tracked_and_brings_the_sweep_forward() {
        let mut lane = testing::lane();
        bring(&mut lane, &[parcel(1, 50, 10)]);
        let (changes, _) = bring(&mut lane, &[parcel(2, 60, 10), parcel(3, 20, 10)]);
        let tracked = |change: &Change| match change {
            Change::Sent { delayed_until, sweep_at, .. } => Some((*delayed_until, *sweep_at)),
            _ => None,
        };
        let (now, retention) = (Timestamp::from_millis(100), base::Span::from_seconds(345_600));
        let sweep_at = Timestamp::from_millis(20) + retention;
        assert_eq!(tracked(&changes[0]), Some((None, Some(sweep_at))));
        assert_eq!(tracked(&changes[1]), Some((Some(now), None)));
        let queue = lane.queue().unwrap();
        assert_eq!(queue.sweep_at, Some(sweep_at));
        let over = queue.backlog.expired(retention, sweep_at, 10).unwrap();
        assert_eq!(over.0, [store::Position(2)], "and is found by it, before the others");
    }
}
