//! Reading everything as of one moment, page by page.

use std::ops::Bound;
use std::sync::Arc;

use ::fjall::{Readable, Snapshot as View};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::blocking;
use super::engine::Engine;
use super::log_starts::Export;
use super::read::pair;
use super::rows::{self, Place};
use crate::snapshot::{Entry, Snapshot};
use crate::{Op, StoreError, Table};

/// A view, and how far it has been read.
pub(super) struct FjallSnapshot {
    engine: Arc<Engine>,
    view: View,
    _export: Export,
    /// What is still to be read, the next one last.
    places: Vec<Place>,
    /// The last key that was read of the place.
    last: Option<Bytes>,
}

impl FjallSnapshot {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        // Before the view is taken: see `log_starts.rs`.
        let _export = engine.export();
        let view = engine.snapshot();
        let tables = Table::ALL.iter().rev().map(|table| Place::Table(*table));
        let places = tables.chain([Place::Log]).collect();
        FjallSnapshot { engine, view, _export, places, last: None }
    }
}

impl Snapshot for FjallSnapshot {
    fn next(&mut self, bytes: usize) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        async move {
            while let Some(place) = self.places.last().copied() {
                let (engine, view, last) =
                    (self.engine.clone(), self.view.clone(), self.last.take());
                let page = move || page(&engine, &view, place, last, bytes);
                let (entries, last) = blocking(page).await?;
                self.last = last;
                if self.last.is_none() {
                    self.places.pop();
                }
                if !entries.is_empty() {
                    return Ok(entries);
                }
            }
            Ok(Vec::new())
        }
        .boxed()
    }
}

/// The entries after a key, and the last one's key if there are more.
fn page(
    engine: &Engine,
    view: &View,
    place: Place,
    after: Option<Bytes>,
    most: usize,
) -> Result<(Vec<Entry>, Option<Bytes>), StoreError> {
    let mut start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let (mut entries, mut bytes, mut last) = (Vec::new(), 0, None);
    let mut log = None;
    'seek: loop {
        for guard in view.range::<Bytes, _>(engine.keyspace(place), (start, Bound::Unbounded)) {
            if bytes >= most {
                return Ok((entries, last));
            }
            let (key, value) = pair(guard)?;
            let size = key.len() + value.len();
            let (slot, op) = rows::entry(place, key.clone(), value).ok_or_else(damaged)?;
            if let Op::Append(lane, position, _) = op
                && log.replace((slot, lane)) != Some((slot, lane))
            {
                let first = engine.log_start(view, slot, lane)?;
                if position < first {
                    start = Bound::Included(rows::log_key(slot, lane, first).into());
                    continue 'seek;
                }
            }
            bytes += size;
            last = Some(key);
            entries.push((slot, op));
        }
        return Ok((entries, None));
    }
}

fn damaged() -> StoreError {
    StoreError::Damaged("a key cannot be read".to_owned())
}
