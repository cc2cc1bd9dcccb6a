//! Secrets of a node, kept in its store: rows, rather than files beside the data. So they are in every copy of the
//! data, they are the same for every node that serves it, and they end with data that is kept in memory only.

use base::SlotId;
use bytes::Bytes;
use store::{Batch, Durability, Growth, LaneId, StoreError, Table};

use crate::node::Node;
use crate::plan::Trouble;

/// The place of a secret.
#[derive(Clone, Copy, Debug)]
pub struct SecretPlace {
    /// Its lane. Incarnations are drawn at random, so no other lane is called so.
    pub lane: LaneId,
    /// The name whose hash says the slot.
    pub name: &'static str,
}

/// The secret of which temporary credentials are made.
pub const SESSIONS: SecretPlace =
    SecretPlace { lane: LaneId::from_bytes(*b"sts/sessions/key"), name: "arn:aws:sts:::sessions" };

/// Reads a secret; draws it when there is none yet, and answers when it is durable.
///
/// # Errors
/// It cannot be read or written now, or is damaged.
pub async fn secret(node: &Node, place: SecretPlace) -> Result<[u8; 32], Trouble> {
    let term = node.slots().owned(SlotId::of(place.name));
    let slot = term.slot();
    let row = Bytes::copy_from_slice(place.lane.as_bytes());
    let found = slot.get(Table::Lane, row.clone()).await.map_err(unavailable)?;
    if let Some(found) = found {
        let key = <[u8; 32]>::try_from(&found[..]);
        let damaged = || Trouble::Unavailable(format!("the secret {} is damaged", place.name));
        return key.map_err(|_| damaged());
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::{Clock, Random, Timestamp};
    use store::memory::MemoryStore;

    use super::*;
    use crate::node::{Parts, Quotas};

    #[tokio::test]
    async fn a_secret_is_drawn_once_and_found_again() {
        let store = MemoryStore::open(Default::default());
        let start = async |seed| {
            let (clock, random) = (Clock::manual(Timestamp::ZERO), Random::seeded(seed));
            let store = Arc::clone(&store) as Arc<dyn store::Store>;
            let node = Node::start(Parts { store, clock, random, quotas: Quotas::None }).await;
            secret(&node.unwrap(), SESSIONS).await.unwrap()
        };
        assert_eq!(start(1).await, start(2).await);
    }
}
