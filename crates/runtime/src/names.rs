//! The slots' index of names: which things exist, by service, account, region and name.
//!
//! A row stands in the slot of the thing that it names and is written by that thing's lane. A list
//! merges the ordered pages of all slots, so it sees what a creation has answered and visits no lane.

use std::collections::BTreeMap;

use base::{Arn, SlotId};
use bytes::Bytes;
use store::{Batch, KeyRange, PageLimit, StoreError, Table};

use crate::lane::{Rows, after};
use crate::slots::Slots;

/// The key of a thing's row.
pub fn key(arn: &Arn) -> Bytes {
    let region = arn.region();
    let account = arn.account();
    prefix(arn.service(), account.as_str(), region.as_str(), arn.resource())
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
    let wanted = query.limit + 1;
    let mut found = BTreeMap::new();
    for slot in SlotId::all() {
        let rows = Rows::new(slots.owned(slot).slot().clone());
        list_slot(&rows, query, wanted, &keep, &mut found).await?;
    }
    Ok(found.into_iter().take(wanted).collect())
}

/// Adds the names of one slot, none behind the last of a full list.
async fn list_slot(
    rows: &Rows,
    query: Query<'_>,
    wanted: usize,
    keep: &impl Fn(&[u8]) -> bool,
    found: &mut BTreeMap<String, Bytes>,
) -> Result<(), StoreError> {
    let base = prefix(query.service, query.account, query.region, "");
    let mut range = KeyRange::prefix([&base[..], query.prefix.as_bytes()].concat());
    if let Some(last) = query.after {
        range = range.starting_at(after(&[&base[..], last.as_bytes()].concat()));
    }
    loop {
        let limit = PageLimit { rows: wanted, bytes: 1 << 20 };
        let page = rows.page(Table::Names, range.clone(), limit).await?;
        for (key, value) in page.rows.iter().filter(|(_, value)| keep(value)) {
            let name = String::from_utf8_lossy(&key[base.len()..]).into_owned();
            found.insert(name, value.clone());
        }
        while found.len() > wanted {
            found.pop_last();
        }
        let Some((last, _)) = page.rows.last().filter(|_| page.more) else { return Ok(()) };
        let is_behind = |(name, _): (&String, &Bytes)| last[base.len()..] > *name.as_bytes();
        if found.len() == wanted && found.last_key_value().is_some_and(is_behind) {
            return Ok(());
        }
        range = range.starting_at(after(last));
    }
}

/// Parts are ended by a zero byte, which none of them can contain.
fn prefix(service: &str, account: &str, region: &str, name: &str) -> Bytes {
    [service, "\0", account, "\0", region, "\0", name].concat().into()
}
