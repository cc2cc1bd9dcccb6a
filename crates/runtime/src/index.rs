//! Reading a slots' index: rows that stand in the slot of whoever wrote them, listed as one.
//!
//! A list merges the ordered pages of all slots, so it sees what a change has answered and visits no lane.

use std::collections::BTreeMap;

use base::SlotId;
use bytes::Bytes;
use store::{KeyRange, PageLimit, StoreError, Table};

use crate::lane::Rows;
use crate::slots::Slots;

/// What to list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search<'q> {
    /// The index.
    pub(crate) table: Table,
    /// What the keys begin with; what follows is the name that is listed.
    pub(crate) base: &'q [u8],
    /// What the names begin with.
    pub(crate) prefix: &'q str,
    /// Names up to and with this one are left out.
    pub(crate) after: Option<&'q str>,
    /// Most names.
    pub(crate) limit: usize,
}

/// Names in order with their rows' values; `keep` says which count. One more than the limit means
/// that there are more.
pub(crate) async fn list(
    slots: &Slots,
    search: Search<'_>,
    keep: impl Fn(&[u8]) -> bool,
) -> Result<Vec<(String, Bytes)>, StoreError> {
    let wanted = search.limit + 1;
    let mut found = BTreeMap::new();
    for slot in SlotId::all() {
        let rows = Rows::new(slots.owned(slot).slot().clone());
        list_slot(&rows, search, wanted, &keep, &mut found).await?;
    }
    Ok(found.into_iter().take(wanted).collect())
}

/// Adds the names of one slot, none behind the last of a full list.
async fn list_slot(
    rows: &Rows,
    search: Search<'_>,
    wanted: usize,
    keep: &impl Fn(&[u8]) -> bool,
    found: &mut BTreeMap<String, Bytes>,
) -> Result<(), StoreError> {
    let base = search.base;
    let mut range = KeyRange::prefix([base, search.prefix.as_bytes()].concat());
    if let Some(last) = search.after {
        range = range.behind(&[base, last.as_bytes()].concat());
    }
    loop {
        let limit = PageLimit { rows: wanted, bytes: 1 << 20 };
        let page = rows.page(search.table, range.clone(), limit).await?;
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
        range = range.behind(last);
    }
}
