//! The end of a deleted application's rows.

use base::SlotId;
use runtime::jobs::Timer;
use runtime::{Decision, Moment, Trouble, reclaim};

use crate::Sns;
use crate::mobile::ApplicationLane;
use crate::mobile::lane::Change;

impl Sns {
    /// Deletes the rows of a deleted application, once its deletion is on disk.
    pub(crate) async fn reclaim_application(&self, entry: &Timer) -> Result<(), Trouble> {
        let is_dead = |lane: &ApplicationLane, _: Moment<'_>| {
            let present = lane.application.as_ref().map(|present| present.incarnation);
            Decision::<_, _, Trouble>::answer(present != Some(entry.incarnation))
        };
        if !self.applications.enter(&entry.arn, is_dead).await? {
            return Ok(());
        }
        let slots = self.applications.node().slots();
        reclaim::reclaim(slots, SlotId::of(entry.arn.as_str()), entry.incarnation).await?;
        let done = |_: &ApplicationLane, _: Moment<'_>| {
            Decision::<_, _, Trouble>::keep(vec![Change::Reclaimed(entry.clone())], ())
        };
        self.applications.enter(&entry.arn, done).await
    }
}
