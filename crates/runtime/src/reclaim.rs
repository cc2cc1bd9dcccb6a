//! The rows of what has been deleted: a delete is one small commit, and its rows go later, here, a
//! bounded number at a time.

use base::{Incarnation, SlotId};
use store::{Batch, Durability, Growth, KeyRange, PageLimit, Position, Table};

use crate::lane::Rows;
use crate::plan::Trouble;
use crate::slots::Slots;

/// Rows and records that one commit deletes.
const PIECE: PageLimit = PageLimit { rows: 1000, bytes: 4 << 20 };

/// Deletes all rows of a life that is over, and releases its log. Interrupted, it is simply begun
/// again: nobody can reach a former life's rows any more.
pub async fn reclaim(slots: &Slots, slot: SlotId, dead: Incarnation) -> Result<(), Trouble> {
    let term = slots.owned(slot);
    let rows = Rows::new(term.slot().clone());
    let mut from = Position::default();
    loop {
        let mut batch = Batch::new();
        let state = KeyRange::prefix(dead.as_bytes().to_vec());
        let page = rows.page(Table::Lane, state, PIECE).await.map_err(unavailable)?;
        for (key, _) in page.rows {
            batch.delete(Table::Lane, key);
        }
        let log = rows.read(dead, from, PIECE).await.map_err(unavailable)?;
        for (position, _) in log.records {
            batch.release(dead, position);
            from = position.next();
        }
        if batch.is_empty() {
            return Ok(());
        }
        term.slot().reserve(batch.bytes(), Growth::Frees)?;
        let commit = term.slot().submit(batch, Durability::Process);
        slots.durable(&term, commit).await?;
    }
}

fn unavailable(error: store::StoreError) -> Trouble {
    Trouble::Unavailable(error.to_string())
}
