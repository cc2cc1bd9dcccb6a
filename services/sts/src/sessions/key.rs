//! The node's secret, of which temporary credentials are made.
//!
//! It is a row in the store rather than a file beside it: so it is in every copy of the data, it is the same for
//! every node that serves the data, and it ends with data that is kept in memory only.

use base::SlotId;
use bytes::Bytes;
use runtime::{Node, Trouble};
use store::{Batch, Durability, Growth, LaneId, StoreError, Table};

/// The lane of the secret, in the slot that hashes from its name. Incarnations are drawn at random, so
/// no other lane is called so.
const LANE: LaneId = LaneId::from_bytes(*b"sts/sessions/key");
const NAME: &str = "arn:aws:sts:::sessions";

/// Reads the secret; draws it when there is none yet, and answers when it is durable.
pub(super) async fn load(node: &Node) -> Result<[u8; 32], Trouble> {
    let term = node.slots().owned(SlotId::of(NAME));
    let slot = term.slot();
    let row = Bytes::copy_from_slice(LANE.as_bytes());
    let found = slot.get(Table::Lane, row.clone()).await.map_err(unavailable)?;
    if let Some(found) = found {
        let key = <[u8; 32]>::try_from(&found[..]);
        return key.map_err(|_| Trouble::Unavailable("the secret of sessions is damaged".into()));
    }
    let key = node.random().bytes();
    let mut batch = Batch::new();
    batch.put(Table::Lane, row, Bytes::copy_from_slice(&key));
    slot.reserve(batch.bytes(), Growth::Grows)?;
    let commit = slot.submit(batch, Durability::Disk);
    node.slots().durable(&term, commit).await?;
    Ok(key)
}

fn unavailable(error: StoreError) -> Trouble {
    Trouble::Unavailable(error.to_string())
}
