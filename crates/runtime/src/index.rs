//! Lists out of a slots' index: rows that stand in the slot of whoever wrote them, as one ordered list.
//!
//! A list sees what a change has answered, visits no lane, and needs no ownership of slots.

use bytes::Bytes;
use store::{KeyRange, PageLimit, Scan, StoreError, Table};

use crate::slots::Slots;

/// A search in an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search<'q> {
    /// The index.
    pub(crate) table: Table,
    /// The prefix of the keys; the name follows it.
    pub(crate) base: &'q [u8],
    /// The prefix of the names.
    pub(crate) prefix: &'q str,
    /// Names up to this one, and this one, are left out.
    pub(crate) after: Option<&'q str>,
    /// The most names.
    pub(crate) limit: usize,
}

/// The most bytes of rows that are read at once.
const PAGE_BYTES: usize = 1 << 20;

/// Names in order with their rows' values; `keep` says which count. One more than the limit means that there are more.
pub(crate) async fn list(
    slots: &Slots,
    search: Search<'_>,
    keep: impl Fn(&[u8]) -> bool,
) -> Result<Vec<(String, Bytes)>, StoreError> {
    let wanted = search.limit + 1;
    let mut found = Vec::new();
    let mut range = Some(search.range());
    while let Some(next) = range.filter(|_| found.len() < wanted) {
        let limit = PageLimit { rows: wanted - found.len(), bytes: PAGE_BYTES };
        let page = slots.store().scan(search.table, next.clone(), limit).await?;
        range = page.rest(next);
        add(&mut found, page, search.base.len(), &keep);
    }
    found.truncate(wanted);
    Ok(found)
}

fn add(found: &mut Vec<(String, Bytes)>, page: Scan, base: usize, keep: impl Fn(&[u8]) -> bool) {
    for row in page.rows.into_iter().filter(|row| keep(&row.value)) {
        let name = String::from_utf8_lossy(&row.key[base..]).into_owned();
        found.push((name, row.value));
    }
}

impl Search<'_> {
    fn range(&self) -> KeyRange {
        let range = KeyRange::prefix([self.base, self.prefix.as_bytes()].concat());
        match self.after {
            Some(last) => range.behind(&[self.base, last.as_bytes()].concat()),
            None => range,
        }
    }
}
