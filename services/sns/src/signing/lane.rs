//! The name under which the key is kept.

use std::convert::Infallible;
use std::sync::Arc;

use base::{AccountId, Arn, Region, Timestamp};
use prost::Message;
use runtime::{Fact, Lane, Ready, Rows, names};
use store::{Batch, StoreError, Table};

use super::key::KeyRow;

/// The lane of the key: everybody's, whatever a node is told of accounts and regions. Its service is not
/// that of topics, so no list and no reset meets it.
pub(super) fn arn() -> Arn {
    Arn::new("sns-signing", &Region::default(), &AccountId::DEFAULT, "key")
}

/// The key, once it was made. Its row is that of its name.
pub(super) struct KeyLane {
    arn: Arn,
    key: Option<Arc<KeyRow>>,
}

impl KeyLane {
    pub(super) fn key(&self) -> Option<&Arc<KeyRow>> {
        self.key.as_ref()
    }
}

impl Lane for KeyLane {
    /// The key is there from now on, and never changes.
    type Change = Arc<KeyRow>;
    type Need = Infallible;
    type Supply = Infallible;

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let row = rows.get(Table::Names, names::key(arn)).await?;
        let key = row.map(KeyRow::decode).transpose();
        let key = key.map_err(|error| StoreError::Damaged(format!("the key: {error}")))?;
        Ok(KeyLane { arn: arn.clone(), key: key.map(Arc::new) })
    }

    async fn fetch(need: Infallible, _: &Rows) -> Result<Infallible, StoreError> {
        match need {}
    }

    fn supply(&mut self, supply: Infallible) {
        match supply {}
    }

    fn observe(&mut self, _: Timestamp) {}

    fn write(&self, key: &Arc<KeyRow>, batch: &mut Batch) {
        names::put(batch, &self.arn, key.encode_to_vec());
    }

    fn apply(&mut self, key: Arc<KeyRow>) {
        self.key = Some(key);
    }

    fn ready(&self) -> Ready {
        Ready::default()
    }

    /// No invariant but what its type says.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Nothing is asked of it by anybody who would have to be allowed.
    fn fact(&self) -> Option<&Arc<Fact>> {
        None
    }
}
