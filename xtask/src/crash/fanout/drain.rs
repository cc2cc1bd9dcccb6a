//! After the last kill: all that was published arrives, is received and deleted, and does not come again.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::ledger::State;
use super::{
    Ledger, Place, Subscription, answered, reach_everybody, receive_and_delete, settle, steward,
};
use crate::crash::Run;
use crate::crash::client::Client;
use crate::crash::worker::Gone;

/// Long enough for everything to arrive, and again to be received, however long it was hidden.
const PATIENCE: Duration = Duration::from_secs(60);

/// Empties the queues of a program.
pub(in crate::crash) struct Drain<'a> {
    pub(in crate::crash) run: &'a Run,
    pub(in crate::crash) client: &'a mut Client,
}

impl Drain<'_> {
    /// Ends what the steward began, waits until everything has arrived, and receives it.
    pub(in crate::crash) fn empty(&mut self) -> Result<()> {
        answered(self.settle())?;
        // Who misses something will miss it in the ledger; who waits for it forever says so here.
        let arrived = reach_everybody(self.run, self.client, Instant::now() + PATIENCE);
        if let Err(why) = arrived {
            self.run.topics(|ledger| ledger.undelivered(&why.to_string()));
        }
        let until = Instant::now() + PATIENCE;
        while self.backlog()? > 0 {
            ensure!(Instant::now() < until, "messages are counted that cannot be received");
            for place in self.present() {
                while receive_and_delete(self.run, self.client, place)? > 0 {}
            }
        }
        Ok(())
    }

    /// Nothing that was asked for stays open, and what is deleted for good is deleted.
    fn settle(&mut self) -> Result<(), Gone> {
        steward::finish(self.run, self.client)?;
        let is_there = |ledger: &mut Ledger| ledger.state(Subscription::Deleted).0 == State::Open;
        if self.run.topics(is_there) {
            steward::change(self.run, self.client, Subscription::Deleted, State::Away)?;
        }
        Ok(())
    }

    fn present(&self) -> Vec<Place> {
        let is_away = |one| self.run.topics(|ledger| ledger.state(one).0 == State::Away);
        let is_there = |place: &Place| !place.is_deleted() || !is_away(place.subscription());
        Place::all().into_iter().filter(is_there).collect()
    }

    fn backlog(&mut self) -> Result<u64> {
        let mut backlog = 0;
        for place in self.present() {
            let counted = self.client.backlog(&place.url());
            backlog += answered(settle(self.run, counted))?;
        }
        Ok(backlog)
    }
}
