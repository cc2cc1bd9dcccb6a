//! One client among several: it sends, receives, hides, shows and deletes as its dice fall.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::client::{Client, Failure, Received};
use super::ledger::Ledger;
use super::message::{self, Token};
use super::{QUEUES, Run};

/// No more is sent while so many messages wait.
const LARGEST_BACKLOG: u64 = 3_000;

/// For how many seconds a receive may hide what it gets; drawn from evenly.
const VISIBILITY: [u32; 5] = [0, 1, 1, 3, 8];

/// What is said of a message that was deleted meanwhile, or that is hidden no longer.
const NOT_OURS_ANY_MORE: [&str; 2] = [
    "Message does not exist or is not available for visibility timeout change",
    "The specified message isn't in flight",
];

/// Works with one program after the other until there is no other.
pub(super) fn work(run: &Run, seed: u64, worker: u32) {
    let seed = seed.wrapping_add(u64::from(worker) + 1);
    let mut hand = Hand { run, rng: StdRng::seed_from_u64(seed) };
    let mut visit = run.stage.next(0);
    while let Some((number, address)) = visit {
        let mut client = Client::new(address);
        while hand.step(&mut client).is_ok() {}
        visit = run.stage.next(number);
    }
}

/// The program is gone.
struct Gone;

struct Hand<'a> {
    run: &'a Run,
    rng: StdRng,
}

impl Hand<'_> {
    fn step(&mut self, client: &mut Client) -> Result<(), Gone> {
        let queue = self.rng.random_range(0..QUEUES);
        let full = self.run.ledger(|ledger| ledger.backlog()) >= LARGEST_BACKLOG;
        if self.rng.random_ratio(2, 3) && !full {
            self.send(client, queue)
        } else {
            self.receive(client, queue)
        }
    }

    fn send(&mut self, client: &mut Client, queue: u32) -> Result<(), Gone> {
        let token = self.run.ledger(Ledger::send_begins);
        let answer = client.send(queue, &message::body(token));
        self.settle(answer, |ledger, ()| ledger.sent(token))
    }

    fn receive(&mut self, client: &mut Client, queue: u32) -> Result<(), Gone> {
        let seconds = VISIBILITY[self.rng.random_range(0..VISIBILITY.len())];
        let wait = u32::from(self.rng.random_ratio(1, 4));
        let hidden = Duration::from_secs(seconds.into());
        let began = self.run.ledger(Ledger::begins);
        let answer = client.receive(queue, seconds, wait);
        let mut messages = Vec::new();
        self.settle(answer, |ledger, received: Vec<Received>| {
            for each in received {
                if let Some(token) = ledger.received(began, &each.body, each.count, hidden) {
                    messages.push((token, each));
                }
            }
        })?;
        messages.into_iter().try_for_each(|(token, each)| self.handle(client, queue, token, &each))
    }

    /// Deletes it, changes how long it is hidden, or leaves it to come back.
    fn handle(
        &mut self,
        client: &mut Client,
        queue: u32,
        token: Token,
        received: &Received,
    ) -> Result<(), Gone> {
        match self.rng.random_range(0..10) {
            0..6 => {
                self.run.ledger(|ledger| ledger.delete_begins(token));
                let answer = client.delete(queue, &received.handle);
                self.settle(answer, |ledger, ()| ledger.deleted(token, received.count))
            }
            6..8 => self.hide(client, queue, token, received),
            _ => Ok(()),
        }
    }

    fn hide(
        &mut self,
        client: &mut Client,
        queue: u32,
        token: Token,
        received: &Received,
    ) -> Result<(), Gone> {
        let seconds = VISIBILITY[self.rng.random_range(0..VISIBILITY.len())];
        let hidden = Duration::from_secs(seconds.into());
        let began = self.run.ledger(|ledger| ledger.hide_begins(token));
        match client.hide(queue, &received.handle, seconds) {
            Err(Failure::Refused(why)) if NOT_OURS_ANY_MORE.iter().any(|no| why.contains(no)) => {
                Ok(())
            }
            answer => self.settle(answer, |ledger, ()| {
                ledger.hidden(began, token, received.count, hidden);
            }),
        }
    }

    /// Writes an answer into the ledger.
    fn settle<T>(
        &self,
        answer: Result<T, Failure>,
        write: impl FnOnce(&mut Ledger, T),
    ) -> Result<(), Gone> {
        self.run.ledger(|ledger| match answer {
            Ok(value) => {
                write(ledger, value);
                Ok(())
            }
            Err(Failure::Refused(why)) => {
                ledger.refused(why);
                Ok(())
            }
            Err(Failure::Unanswered) => {
                ledger.unanswered();
                Err(Gone)
            }
        })
    }
}
