//! A node with mailboxes, on a store that does as it is told and a clock that is moved by hand.

use std::sync::Arc;

use base::{AccountId, Arn, Clock, Incarnation, Random, Region, SlotId, Span, Timestamp};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use runtime::jobs::{self, JobHandlers};
use runtime::{Decision, Fact, Lanes, Moment, Node, Parts, Quotas, Trouble};
use store::memory::{Controls, Crash, MemoryStore, Options};
use store::{Position, Slot, Store};

use super::bell::{Bell, RingLog, Ringer};
use super::mailbox::{Change, Facts, Fetches, Mailbox, Need, What};

pub(crate) struct Office {
    pub(crate) node: Arc<Node>,
    pub(crate) boxes: Arc<Lanes<Mailbox>>,
    pub(crate) controls: Controls,
    pub(crate) fetches: Arc<Fetches>,
    pub(crate) rings: Arc<RingLog>,
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum No {
    /// There are that many letters already.
    TooMany(usize),
    Trouble(Trouble),
}

/// A request that has not begun.
pub(crate) type Doing<A> = BoxFuture<'static, Result<A, No>>;

impl From<Trouble> for No {
    fn from(trouble: Trouble) -> Self {
        No::Trouble(trouble)
    }
}

/// The moment at which tests begin.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// The ARN of a mailbox.
pub(crate) fn arn(name: &str) -> Arn {
    Arn::new("post", &Region::default(), &AccountId::DEFAULT, name)
}

/// The slot of a mailbox.
pub(crate) fn slot(name: &str) -> SlotId {
    SlotId::of(arn(name).as_str())
}

/// Other mailboxes in the same slot.
pub(crate) fn neighbours(name: &str) -> impl Iterator<Item = String> {
    let shared = slot(name);
    let all = (0..).map(|number| format!("neighbour-{number}"));
    all.filter(move |other| slot(other) == shared)
}

/// Another mailbox in the same slot.
pub(crate) fn neighbour(name: &str) -> String {
    neighbours(name).next().expect("one")
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::with_capacity(u64::MAX).await
    }

    pub(crate) async fn with_capacity(capacity: u64) -> Self {
        let (store, controls) = MemoryStore::controlled(Options { capacity, ..Options::default() });
        let (clock, random) = (Clock::manual(START), Random::seeded(7));
        Self::on(Parts { store, clock, random, quotas: Quotas::None }, controls, Arc::default())
            .await
    }

    /// What is left after the end of everything, opened again at the same time.
    pub(crate) async fn crash(self, crash: Crash) -> Self {
        let (store, controls) = self.controls.crash(crash);
        self.node.tasks().end().await;
        let (clock, random) = (self.node.timers().clock().clone(), self.node.random().clone());
        Self::on(Parts { store, clock, random, quotas: Quotas::None }, controls, self.rings).await
    }

    async fn on(parts: Parts, controls: Controls, rings: Arc<RingLog>) -> Self {
        let node = Node::start(parts).await.expect("the store is sound");
        let boxes = Lanes::new(&node);
        let ringer = Arc::new(Ringer { boxes: Arc::clone(&boxes), log: Arc::clone(&rings) });
        jobs::start(&node, JobHandlers::of("post", ringer));
        let office = Office { node, boxes, controls, fetches: Arc::default(), rings };
        quiet().await;
        office
    }

    /// Puts a letter.
    pub(crate) fn put(&self, name: &str, text: impl Into<Bytes>) -> Doing<Position> {
        self.put_from(name, text, Timestamp::ZERO)
    }

    /// Puts a letter that can be taken from then on.
    pub(crate) fn put_from(
        &self,
        name: &str,
        text: impl Into<Bytes>,
        from: Timestamp,
    ) -> Doing<Position> {
        let text = text.into();
        self.enter(name, move |lane, moment| {
            let position = lane.facts.next;
            let put = What::Put { position, from, text: text.clone() };
            Decision::grow(in_life(lane, moment, [put]), position)
        })
    }

    /// Takes the first letter, and waits for one until then.
    pub(crate) fn take_until(&self, name: &str, until: Timestamp) -> Doing<Option<String>> {
        let fetches = Arc::clone(&self.fetches);
        self.enter(name, move |lane, moment| match (lane.first(), lane.facts.life) {
            (Some((position, Some(text))), _) => {
                let text = String::from_utf8_lossy(&text).into_owned();
                let take = in_life(lane, moment, [What::Take(position)]);
                Decision::keep(take, Some(text))
            }
            (Some((from, None)), Some(life)) => {
                Decision::Fetch(Need { life, from, fetches: Arc::clone(&fetches) })
            }
            _ if moment.stopping || moment.now >= until => Decision::answer(None),
            _ => Decision::Wait(until),
        })
    }

    /// Takes the first letter, if there is one.
    pub(crate) fn take(&self, name: &str) -> Doing<Option<String>> {
        self.take_until(name, Timestamp::ZERO)
    }

    /// Sets bells with that many echoes each.
    pub(crate) fn set_bells(&self, name: &str, bells: Vec<Bell>, echoes: u8) -> Doing<()> {
        self.enter(name, move |lane, moment| {
            let set = bells.iter().map(|&bell| What::SetBell(bell, echoes));
            Decision::grow(in_life(lane, moment, set), ())
        })
    }

    /// Sets a bell that rings so long after the start.
    pub(crate) fn set_bell(&self, name: &str, id: u64, after: Span) -> Doing<()> {
        self.set_bells(name, vec![Bell { at: START + after, id }], 0)
    }

    /// Only reads.
    pub(crate) fn facts(&self, name: &str) -> Doing<Facts> {
        self.enter(name, |lane, _| Decision::answer(lane.facts.clone()))
    }

    /// What requests to a mailbox are authorized from.
    pub(crate) async fn fact(&self, name: &str) -> Result<Option<Arc<Fact>>, Trouble> {
        self.boxes.fact(&arn(name)).await
    }

    /// Is refused with what it has seen.
    pub(crate) fn refuse(&self, name: &str) -> Doing<()> {
        self.enter(name, |lane, _| Decision::Refuse(No::TooMany(lane.facts.letters.len())))
    }

    /// The present term's side of the store.
    pub(crate) fn slot(&self, name: &str) -> Arc<dyn Slot> {
        Arc::clone(self.node.slots().owned(slot(name)).slot())
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        self.node.slots().store()
    }

    /// Moves the clock, and waits for what is due.
    pub(crate) async fn advance(&self, by: Span) {
        self.node.advance(by).await.expect("the clock is manual");
    }

    /// Moves the clock, and lets things happen.
    pub(crate) async fn pass(&self, by: Span) {
        self.node.timers().advance(by).expect("the clock is manual");
        quiet().await;
    }

    /// The ids of the bells that have rung.
    pub(crate) fn rung(&self) -> Vec<u64> {
        self.rings.rung.lock().iter().map(|(bell, _)| bell.id).collect()
    }

    fn enter<A: Send + 'static>(
        &self,
        name: &str,
        decide: impl FnMut(&Mailbox, Moment<'_>) -> Decision<Mailbox, A, No> + Send + 'static,
    ) -> Doing<A> {
        let (boxes, arn) = (Arc::clone(&self.boxes), arn(name));
        async move { boxes.enter(&arn, decide).await }.boxed()
    }
}

/// Changes of the mailbox's life; if it has none yet, one that begins with them.
fn in_life(
    lane: &Mailbox,
    moment: Moment<'_>,
    changes: impl IntoIterator<Item = What>,
) -> Vec<Change> {
    let life = lane.facts.life.unwrap_or_else(|| Incarnation::draw(moment.random));
    let open = lane.facts.life.is_none().then_some(What::Open);
    open.into_iter().chain(changes).map(|what| Change { life, what }).collect()
}

/// Lets background tasks run until they wait for something.
pub(crate) async fn quiet() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}
