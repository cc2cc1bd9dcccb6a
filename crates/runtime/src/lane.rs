//! A lane: a thing whose state has one writer at a time.

use std::future::Future;
use std::sync::Arc;

use crate::facts::Fact;
use base::{Arn, Incarnation, SlotId, Timestamp};
use bytes::Bytes;
use store::{Batch, KeyRange, LaneId, Page, PageLimit, Position, Records, Slot, StoreError, Table};

/// The state of one named thing, whether it exists or not, as decisions see it.
///
/// [`Lane::write`] and [`Lane::apply`] say the same change twice, to the disk and to memory: a lane that
/// is loaded from its rows must be equal to the one that applied the changes. Each service tests that.
pub trait Lane: Sized + Send + 'static {
    /// A legal change.
    type Change: Send;
    /// Something that memory does not hold.
    type Need: Send;
    /// What was fetched for a need.
    type Supply: Send;

    /// Reads the state from its rows; must not read what grows without bound (a backlog).
    fn load(arn: &Arn, rows: &Rows) -> impl Future<Output = Result<Self, StoreError>> + Send;

    /// What is worth fetching when this is fetched: later decisions may lack it. Asked of the one who fetches,
    /// not of all those who would.
    fn widen(&self, need: Self::Need) -> Self::Need {
        need
    }

    /// What decisions to come will lack soon, worth fetching before one has to wait for it. Asked after each
    /// plan, so it must cost next to nothing; what it leaves open, [`Lane::widen`] may add.
    fn ahead(&self) -> Option<Self::Need> {
        None
    }

    /// Fetches what memory does not hold.
    fn fetch(
        need: Self::Need,
        rows: &Rows,
    ) -> impl Future<Output = Result<Self::Supply, StoreError>> + Send;

    /// Keeps what was fetched, as far as it is still wanted.
    fn supply(&mut self, supply: Self::Supply);

    /// What time alone has changed. Called before each decision.
    fn observe(&mut self, now: Timestamp);

    /// The rows of a change, from the state before the plan that it is part of.
    fn write(&self, change: &Self::Change, batch: &mut Batch);

    /// The change in memory.
    fn apply(&mut self, change: Self::Change);

    /// What there is for those who wait, now and later.
    fn ready(&self) -> Ready;

    /// The end of its log, if it has one. Must cost next to nothing. Within an incarnation it never falls, which
    /// is asserted; subscribers ([`crate::Lanes::subscribe`]) are told how far it is durable.
    fn log_end(&self) -> Option<LogEnd> {
        None
    }

    /// Checks the invariants of the state, whatever that costs. Called while the program is tested: after most
    /// changes, and after all of a lane's first ones.
    ///
    /// # Errors
    /// The invariant that does not hold, and what was seen.
    fn check(&self) -> Result<(), String>;

    /// What requests to it are authorized from; none if it does not exist. A new one only when it has
    /// changed: it is compared by its address, after each commit.
    fn fact(&self) -> Option<&Arc<Fact>>;
}

/// The end of a lane's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEnd {
    /// The incarnation of the resource whose log it is.
    pub incarnation: Incarnation,
    /// The position of the next record.
    pub position: Position,
}

/// What a lane has for waiters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// How many waiters would not have to wait any more.
    pub now: usize,
    /// When time alone will bring the next something.
    pub next: Option<Timestamp>,
}

/// The rows of one slot, read only.
#[derive(Clone)]
pub struct Rows {
    slot: Arc<dyn Slot>,
}

impl Rows {
    pub(crate) fn new(slot: Arc<dyn Slot>) -> Self {
        Rows { slot }
    }

    /// The slot.
    pub fn slot(&self) -> SlotId {
        self.slot.id()
    }

    /// One row.
    pub async fn get(
        &self,
        table: Table,
        key: impl Into<Bytes>,
    ) -> Result<Option<Bytes>, StoreError> {
        self.slot.get(table, key.into()).await
    }

    /// The first rows of a range.
    pub async fn page(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> Result<Page, StoreError> {
        self.slot.page(table, range, limit).await
    }

    /// Calls `each` for every row of a range, page by page.
    pub async fn each(
        &self,
        table: Table,
        mut range: KeyRange,
        mut each: impl FnMut(Bytes, Bytes) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        const PAGE: PageLimit = PageLimit { rows: 1000, bytes: 1 << 20 };
        loop {
            let page = self.page(table, range.clone(), PAGE).await?;
            let last = page.rows.last().map(|(key, _)| key.clone());
            for (key, value) in page.rows {
                each(key, value)?;
            }
            match last {
                Some(last) if page.more => range = range.behind(&last),
                _ => return Ok(()),
            }
        }
    }

    /// The first records of a log.
    pub async fn read(
        &self,
        lane: LaneId,
        from: Position,
        limit: PageLimit,
    ) -> Result<Records, StoreError> {
        self.slot.read(lane, from, limit).await
    }

    /// Those records of a log that are still there of these.
    pub async fn read_many(
        &self,
        lane: LaneId,
        positions: Vec<Position>,
    ) -> Result<Vec<(Position, Bytes)>, StoreError> {
        self.slot.read_many(lane, positions).await
    }

    /// The position of a log's last record.
    pub async fn last_position(&self, lane: LaneId) -> Result<Option<Position>, StoreError> {
        self.slot.last_position(lane).await
    }
}
