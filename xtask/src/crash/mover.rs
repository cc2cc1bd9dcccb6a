//! Move tasks: dead letters are sent back to where they came from, all the time.

use rand::RngExt;
use rand::rngs::StdRng;

use super::Run;
use super::client::{Client, Failure};
use super::queue::Queue;
use super::worker::Gone;

/// Of so many steps one cancels the last task instead of starting one.
const CANCEL_ONE_IN: u32 = 4;
/// Messages a second, where that is limited.
const RATES: std::ops::RangeInclusive<u32> = 20..=500;

/// What is said where a task is running already, or not any more.
const ALREADY: [&str; 3] = [
    "There is an active message movement task",
    "Only a message movement task that is running can be cancelled",
    "ResourceNotFoundException",
];

/// Starts and cancels move tasks.
#[derive(Default)]
pub(super) struct Mover {
    /// The last task that it started.
    handle: Option<String>,
}

impl Mover {
    /// Starts a task or cancels one.
    pub(super) fn step(
        &mut self,
        run: &Run,
        rng: &mut StdRng,
        client: &mut Client,
    ) -> Result<(), Gone> {
        if rng.random_ratio(1, CANCEL_ONE_IN)
            && let Some(handle) = self.handle.take()
        {
            let answer = forgive(client.cancel_move(&handle), ());
            return run.settle(answer, |_, ()| ());
        }
        let queues = Queue::dead_letter_queues();
        let dead = queues[rng.random_range(0..queues.len())];
        let to = dead.source().filter(|_| rng.random_ratio(1, 2));
        let rate = rng.random_ratio(1, 2).then(|| rng.random_range(RATES));
        run.ledger(|ledger| ledger.move_begins());
        let answer = client.start_move(dead, to, rate).map(Some);
        let started = run.settle(forgive(answer, None), |ledger, handle| {
            ledger.totals.moves += u64::from(handle.is_some());
            handle
        })?;
        self.handle = started.or(self.handle.take());
        Ok(())
    }
}

fn forgive<T>(answer: Result<T, Failure>, instead: T) -> Result<T, Failure> {
    match answer {
        Err(Failure::Refused(why)) if ALREADY.iter().any(|already| why.contains(already)) => {
            Ok(instead)
        }
        answer => answer,
    }
}
