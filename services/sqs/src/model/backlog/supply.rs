//! What was fetched for a decision.

use std::collections::BTreeMap;

use store::Position;

use crate::model::backlog::{Backlog, Stored, Supply};

impl Backlog {
    /// Keeps what was fetched, as far as it is still wanted.
    pub(crate) fn supply(&mut self, supply: Supply) {
        match supply {
            Supply::Returned { asked, records } => self.supply_returned(asked, records),
            Supply::Fresh { from, upto, records } => {
                if let Some(records) = self.still_fresh(records) {
                    self.supply_index((from, upto), &records);
                    self.window.supply(from, upto, records);
                    self.be_fair();
                }
            }
            Supply::Ahead { from, upto, records } => {
                if let Some(records) = self.still_fresh(records) {
                    self.supply_index((from, upto), &records);
                    self.supply_bodies(records);
                }
            }
        }
    }

    /// What was read without what is fresh no longer; none if that is not known.
    fn still_fresh(
        &mut self,
        mut records: Vec<(Position, Stored)>,
    ) -> Option<Vec<(Position, Stored)>> {
        let removed = std::mem::take(&mut self.removed);
        records.retain(|(at, _)| self.is_fresh(*at) && !removed.contains(*at));
        removed.is_complete().then_some(records)
    }

    fn supply_returned(&mut self, asked: Vec<Position>, records: Vec<(Position, Stored)>) {
        let mut records: BTreeMap<_, _> = records.into_iter().collect();
        let mut fresh = Vec::new();
        for position in asked {
            if self.is_hidden(position) {
                continue;
            }
            let is_tracked = self.tracked.contains_key(&position);
            match records.remove(&position) {
                Some(stored) if is_tracked => _ = self.fetched.insert(position, stored),
                Some(stored) => fresh.push((position, stored)),
                // A row without a record: nothing to deliver, and nothing to wait for.
                None if is_tracked => _ = self.untrack(position),
                None if self.removed.may_contain(position) => {}
                None => self.lose_fresh(position),
            }
        }
        if let Some(fair) = &mut self.fair {
            fair.keep(fresh);
        }
    }

    /// A message has no record though it is fresh: there is nothing to deliver.
    fn lose_fresh(&mut self, position: Position) {
        if position >= self.cursor && self.fair.as_mut().is_some_and(|fair| fair.lose(position)) {
            self.fresh -= 1;
            self.rest();
        }
    }
}
