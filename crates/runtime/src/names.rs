//! The slots' index of names: which things exist, by service, account, region and name.
//!
//! A row stands in the slot of the thing that it names and is written by that thing's lane. A list
//! merges the ordered pages of all slots, so it sees what a creation has answered and visits no lane.

use base::{AccountId, Arn};
use bytes::Bytes;
use store::{Batch, StoreError, Table};

use crate::index::{self, Search};
use crate::slots::Slots;

/// The key of a thing's row.
pub fn key(arn: &Arn) -> Bytes {
    let region = arn.region();
    prefix(arn.service(), arn.account_text(), region.as_str(), arn.resource())
}

/// Writes that a thing exists.
pub fn put(batch: &mut Batch, arn: &Arn, value: impl Into<Bytes>) {
    batch.put(Table::Names, key(arn), value);
}

/// Writes that it does not exist any more.
pub fn delete(batch: &mut Batch, arn: &Arn) {
    batch.delete(Table::Names, key(arn));
}

/// What to list.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    /// The service, as in its ARNs.
    pub service: &'q str,
    /// The account.
    pub account: &'q str,
    /// The region.
    pub region: &'q str,
    /// What the names begin with.
    pub prefix: &'q str,
    /// Names up to and with this one are left out.
    pub after: Option<&'q str>,
    /// Most names.
    pub limit: usize,
}

/// Names in order with their rows' values; `keep` says which count. One more than the limit means
/// that there are more.
pub async fn list(
    slots: &Slots,
    query: Query<'_>,
    keep: impl Fn(&[u8]) -> bool,
) -> Result<Vec<(String, Bytes)>, StoreError> {
    let base = prefix(query.service, query.account, query.region, "");
    let Query { prefix, after, limit, .. } = query;
    let search = Search { table: Table::Names, base: &base, prefix, after, limit };
    index::list(slots, search, keep).await
}

/// The ARNs of things of a service in an account, of all its regions, in order of their keys, behind `after`;
/// `keep` says which count. One more than the limit means that there are more.
pub async fn of_account(
    slots: &Slots,
    service: &str,
    account: &AccountId,
    after: Option<&Arn>,
    limit: usize,
    keep: impl Fn(&[u8]) -> bool,
) -> Result<Vec<Arn>, StoreError> {
    let base = [service, "\0", account.as_str(), "\0"].concat();
    let name = |arn: &Arn| [arn.region().as_str(), "\0", arn.resource()].concat();
    let after = after.map(name);
    let (table, base) = (Table::Names, base.as_bytes());
    let search = Search { table, base, prefix: "", after: after.as_deref(), limit };
    let found = index::list(slots, search, keep).await?;
    let arn = |name: &str| {
        let (region, name) = name.split_once('\0')?;
        Some(Arn::new(service, &region.parse().ok()?, account, name))
    };
    found.iter().map(|(name, _)| arn(name).ok_or_else(|| damaged(name))).collect()
}

fn damaged(name: &str) -> StoreError {
    StoreError::Damaged(format!("the name {name:?}"))
}

/// Parts are ended by a zero byte, which none of them can contain.
fn prefix(service: &str, account: &str, region: &str, name: &str) -> Bytes {
    [service, "\0", account, "\0", region, "\0", name].concat().into()
}
