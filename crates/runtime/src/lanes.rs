//! Finding lanes, and the way of every decision through them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use base::{Arn, SlotId, Span, Timestamp};
use parking_lot::Mutex;
use store::{Batch, CommitNumber, Growth, Pressure};

use crate::attend;
use crate::cell::{Arrival, Cell, Held, Waiter};
use crate::facts::Fact;
use crate::fetching::{self, unreadable};
use crate::invariants::{self, Before};
use crate::jobs;
use crate::lane::{Lane, Rows};
use crate::node::Node;
use crate::plan::{Decision, Moment, Plan, Trouble};
use crate::subscription::Durable;

/// All lanes of one kind: loaded at first use, dropped when idle.
pub struct Lanes<L: Lane> {
    node: Arc<Node>,
    loaded: Vec<Mutex<HashMap<Arn, Arc<Cell<L>>>>>,
    tick: AtomicU64,
}

/// How often idle lanes are dropped: those that nobody has entered in the meantime.
const SWEEP: Span = Span::from_seconds(60);
/// Loaded lanes of one slot beyond which idle ones are dropped at once.
const CROWD: usize = 1024;
/// The longest pause before the answer to a request that adds data while the store falls behind.
const BRAKE: Span = Span::from_millis(50);

/// What a look at the lane's state led to.
enum Step<'c, L: Lane, A, E> {
    /// Answer once this commit, the newest that was seen, is durable.
    Answer(CommitNumber, Growth, Result<A, E>),
    /// Fetch what memory lacks; then decide again.
    Fetch(L::Need),
    /// Decide again when something has arrived, or then.
    Wait(Waiter<'c, L>, Timestamp),
    /// The lane was loaded in a former term: load it again.
    Stale,
}

impl<L: Lane> Lanes<L> {
    /// No lanes yet.
    pub fn new(node: &Arc<Node>) -> Arc<Self> {
        let loaded = SlotId::all().map(|_| Mutex::default()).collect();
        let lanes = Arc::new(Lanes { node: Arc::clone(node), loaded, tick: AtomicU64::new(1) });
        node.tasks().spawn(sweep(Arc::downgrade(node), Arc::downgrade(&lanes)));
        lanes
    }

    /// The node that they run on.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Decides in a lane: `decide` sees its state and says what to do, again and again until it plans
    /// or refuses. The answer leaves when the newest commit that the decision saw is durable.
    pub async fn enter<A, E, D>(&self, arn: &Arn, mut decide: D) -> Result<A, E>
    where
        D: FnMut(&L, Moment<'_>) -> Decision<L, A, E>,
        E: From<Trouble>,
    {
        let (mut turn, mut arrival) = (None, None);
        loop {
            let cell = self.cell(arn);
            let held = cell.loaded().await.map_err(|error| unreadable(arn, &error))?;
            match self.look(&cell, held, &mut decide)? {
                Step::Answer(seen, growth, answer) => {
                    // Whoever fetches next need not wait for this commit.
                    drop(turn);
                    Arrival::used(arrival);
                    self.node.slots().durable(&cell.term, seen).await?;
                    self.brake(growth).await;
                    return answer;
                }
                // One at a time fetches; whoever waited for its turn looks first whether another
                // has fetched what it needs.
                Step::Fetch(..) if turn.is_none() => {
                    turn = Some(Arc::clone(&cell.fetching).lock_owned().await);
                }
                Step::Fetch(need) => {
                    // The turn is kept until the decision has used it: nobody else's fetch makes room
                    // at its expense.
                    fetching::fetch(&self.node, &cell, held, need).await?;
                }
                Step::Wait(waiter, until) => {
                    turn = None;
                    Arrival::used(arrival);
                    arrival = self.wait(&cell, waiter, until).await;
                }
                Step::Stale => {
                    turn = None;
                    self.renew(&cell).await?;
                }
            }
        }
    }

    /// The rows of a lane's slot, for pages that only look: what they show is durable, and may be behind
    /// the lane's memory.
    pub fn rows(&self, arn: &Arn) -> Rows {
        let term = self.node.slots().owned(SlotId::of(arn.as_str()));
        Rows::new(Arc::clone(term.slot()))
    }

    /// What a thing's requests are authorized from, as of the newest durable commit. Waits for no commit.
    pub async fn fact(&self, arn: &Arn) -> Result<Option<Arc<Fact>>, Trouble> {
        loop {
            let cell = self.cell(arn);
            let held = cell.loaded().await.map_err(|error| unreadable(arn, &error))?;
            if !cell.term.is_over() {
                return Ok(held.lock().facts.present(cell.term.slot().last()));
            }
            self.renew(&cell).await?;
        }
    }

    /// How many lanes are in memory.
    pub fn loaded(&self) -> usize {
        self.loaded.iter().map(|slot| slot.lock().len()).sum()
    }

    /// Drops the lanes that nobody has entered since the last call.
    pub fn drop_idle(&self) {
        let since = self.tick.fetch_add(1, Ordering::Relaxed);
        for slot in &self.loaded {
            retain_busy(&mut slot.lock(), since);
        }
    }

    pub(crate) fn cell(&self, arn: &Arn) -> Arc<Cell<L>> {
        let slot = SlotId::of(arn.as_str());
        let tick = self.tick.load(Ordering::Relaxed);
        let mut loaded = self.loaded[slot.index()].lock();
        if let Some(cell) = loaded.get(arn).filter(|cell| !cell.term.is_over()) {
            cell.touch(tick);
            return Arc::clone(cell);
        }
        if loaded.len() >= CROWD {
            retain_busy(&mut loaded, tick + 1);
        }
        let cell = Cell::new(arn.clone(), self.node.slots().owned(slot));
        cell.touch(tick);
        loaded.insert(arn.clone(), Arc::clone(&cell));
        cell
    }

    /// One decision, under the lane's lock.
    fn look<'c, A, E, D>(
        &self,
        cell: &'c Arc<Cell<L>>,
        held: &Mutex<Held<L>>,
        decide: &mut D,
    ) -> Result<Step<'c, L, A, E>, Trouble>
    where
        D: FnMut(&L, Moment<'_>) -> Decision<L, A, E>,
    {
        let mut held = held.lock();
        if cell.term.is_over() {
            return Ok(Step::Stale);
        }
        let moment = self.node.moment();
        held.lane.observe(moment.now);
        Ok(match decide(&held.lane, moment) {
            Decision::Plan(plan) => {
                let growth = plan.growth;
                let answer = self.carry_out(cell, &mut held, plan)?;
                Step::Answer(held.seen, growth, Ok(answer))
            }
            Decision::Refuse(error) => Step::Answer(held.seen, Growth::Frees, Err(error)),
            Decision::Fetch(need) => Step::Fetch(need),
            Decision::Wait(until) => {
                let waiter = cell.wait();
                if let Some(next) = held.lane.ready().next {
                    attend::arm(&self.node, cell, next);
                }
                Step::Wait(waiter, until)
            }
        })
    }

    /// Applies a plan under the lane's lock: rows, room, memory, submission, in this order, so that
    /// "too large" and "full" come before anything has changed.
    fn carry_out<A>(
        &self,
        cell: &Arc<Cell<L>>,
        held: &mut Held<L>,
        plan: Plan<L, A>,
    ) -> Result<A, Trouble> {
        if plan.changes.is_empty() {
            return Ok(plan.answer);
        }
        let slot = cell.term.slot();
        let mut batch = Batch::new();
        for change in &plan.changes {
            held.lane.write(change, &mut batch);
        }
        slot.reserve(batch.bytes(), plan.growth)?;
        let before = Before::of(held);
        for change in plan.changes {
            held.lane.apply(change);
        }
        let timers = jobs::rows(&batch);
        held.seen = slot.submit(batch, plan.durability);
        invariants::assert_kept(&self.node, cell, held, before);
        let Held { lane, seen, facts, .. } = &mut *held;
        facts.follow(lane.fact(), *seen, slot.last());
        self.node.jobs().index().note(slot.id(), timers);
        if cell.follow(held) {
            self.attend_when_durable(cell, held.durable());
        }
        fetching::ahead(&self.node, cell, held);
        Ok(plan.answer)
    }

    /// Tells subscribers and wakes waiters once a commit is durable. A task of its own, because the request that made the
    /// commit may be dropped by its client before that; one for all that is committed meanwhile,
    /// because each time it wakes as many as there are arrivals.
    pub(crate) fn attend_when_durable(&self, cell: &Arc<Cell<L>>, mut newest: Durable) {
        let (node, cell) = (Arc::clone(&self.node), Arc::clone(cell));
        let active = node.activity().begin();
        self.node.tasks().spawn(async move {
            let _active = active;
            while node.slots().durable(&cell.term, newest.commit).await.is_ok() {
                cell.tell(newest);
                attend::attend(&node, &cell);
                let Some(newer) = cell.unattended(newest.commit) else { return };
                newest = newer;
            }
        });
    }

    async fn wait(
        &self,
        cell: &Arc<Cell<L>>,
        mut waiter: Waiter<'_, L>,
        until: Timestamp,
    ) -> Option<Arrival<L>> {
        tokio::select! {
            biased;
            () = waiter.arrival() => Some(Arrival::new(cell)),
            () = self.node.timers().sleep_until(until) => None,
            () = self.node.tasks().stopped() => None,
            () = cell.term.ended() => None,
        }
    }

    /// Gives the lane up, so that the next look loads it in the present term of its slot.
    pub(crate) async fn renew(&self, cell: &Arc<Cell<L>>) -> Result<(), Trouble> {
        self.node.slots().present(&cell.term).await?;
        let mut loaded = self.loaded[cell.term.slot().id().index()].lock();
        if loaded.get(&cell.arn).is_some_and(|present| Arc::ptr_eq(present, cell)) {
            loaded.remove(&cell.arn);
        }
        Ok(())
    }

    /// Slows those down who add data while the store falls behind.
    async fn brake(&self, growth: Growth) {
        if growth == Growth::Grows
            && let Pressure::Slow(share) = self.node.slots().store().pressure()
        {
            self.node.timers().pause(BRAKE, share).await;
        }
    }
}

fn retain_busy<L: Lane>(loaded: &mut HashMap<Arn, Arc<Cell<L>>>, since: u64) {
    loaded.retain(|_, cell| Arc::strong_count(cell) > 1 || !cell.is_idle(since));
}

async fn sweep<L: Lane>(node: Weak<Node>, lanes: Weak<Lanes<L>>) {
    while let Some(timers) = node.upgrade().map(|node| node.timers().clone()) {
        timers.sleep_until(timers.now() + SWEEP).await;
        let Some(lanes) = lanes.upgrade() else { return };
        lanes.drop_idle();
    }
}
