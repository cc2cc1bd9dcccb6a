//! One client among several: it sends, receives, hides, shows, deletes and moves as its dice fall.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Run;
use super::client::{Client, Failure};
use super::fate::Fate;
use super::ledger::{Held, Ledger};
use super::message::Token;
use super::mover::Mover;
use super::queue::Queue;
use super::sight;

/// No more is sent to a queue while so many messages wait.
const LARGEST_BACKLOG: u64 = 1_500;

/// Of so many receives one waits for a second.
const WAIT_ONE_IN: u32 = 12;
/// Of so many looks at a dead-letter queue one is taken: the others are left to move tasks.
const DEAD_ONE_IN: u32 = 4;
/// Of so many steps one is about a move task.
const MOVE_ONE_IN: u32 = 60;
/// Of so many sends to FIFO queues one is repeated though it was acknowledged.
const REPEAT_ONE_IN: u32 = 16;
/// Of so many sends to standard queues one is delayed, by a second.
const DELAY_ONE_IN: u32 = 8;

/// For how many seconds messages may be hidden; drawn from evenly.
const VISIBILITY: [u32; 5] = [0, 1, 1, 3, 8];

/// Works with one program after the other until there is no other.
pub(super) fn work(run: &Run, seed: u64, worker: u32) {
    let seed = seed.wrapping_add(u64::from(worker) + 1);
    let rng = StdRng::seed_from_u64(seed);
    let mut hand = Hand { run, rng, unsettled: None, held: Vec::new(), mover: Mover::default() };
    let mut visit = run.stage.next(0);
    while let Some((number, address)) = visit {
        let mut client = Client::new(address);
        while hand.step(&mut client).is_ok() {}
        visit = run.stage.next(number);
    }
}

/// The program is gone.
pub(super) struct Gone;

struct Hand<'a> {
    run: &'a Run,
    rng: StdRng,
    /// What was sent to a FIFO queue and not answered: it is sent again, as it was.
    unsettled: Option<(Queue, Vec<Token>)>,
    /// What is to be done with messages that were received, by this program or an earlier one.
    held: Vec<(Fate, Vec<Held>)>,
    mover: Mover,
}

impl Hand<'_> {
    fn step(&mut self, client: &mut Client) -> Result<(), Gone> {
        if let Some((queue, tokens)) = self.unsettled.take() {
            self.run.ledger(|ledger| ledger.totals.repeated += tokens.len() as u64);
            return self.send(client, queue, tokens);
        }
        if let Some((fate, held)) = self.held.pop() {
            return self.meet(client, fate, held);
        }
        if self.rng.random_ratio(1, MOVE_ONE_IN) {
            return self.mover.step(self.run, &mut self.rng, client);
        }
        let queue = self.one_of(&Queue::senders());
        let is_full = self.run.ledger(|ledger| ledger.backlog(queue)) >= LARGEST_BACKLOG;
        if self.rng.random_ratio(1, 2) && !is_full {
            let is_batch = self.rng.random_ratio(1, 2);
            let messages = if is_batch { self.rng.random_range(2..=10) } else { 1 };
            let tokens = self.run.ledger(|ledger| ledger.send_begins(queue, messages));
            self.send(client, queue, tokens)
        } else {
            let queue = self.one_of(Queue::all());
            let is_dead = queue.source().is_some();
            if is_dead && !self.rng.random_ratio(1, DEAD_ONE_IN) {
                return Ok(());
            }
            self.receive(client, queue)
        }
    }

    fn send(&mut self, client: &mut Client, queue: Queue, tokens: Vec<Token>) -> Result<(), Gone> {
        let is_delayed = !queue.is_fifo() && self.rng.random_ratio(1, DELAY_ONE_IN);
        let delay = u32::from(is_delayed);
        let began = self.run.ledger(Ledger::begins);
        let answer = client.send(queue, &tokens, delay);
        if queue.is_fifo() && matches!(answer, Err(Failure::Unanswered)) {
            self.unsettled = Some((queue, tokens.clone()));
        }
        self.run.settle(answer, |ledger, entries| {
            for (token, entry) in tokens.iter().zip(entries) {
                match entry {
                    Ok(accepted) => ledger.sent(began, *token, &accepted, seconds(delay)),
                    Err(why) => ledger.refused(why),
                }
            }
        })?;
        // What was acknowledged is sent once more, now and then: nothing may come of it.
        if queue.is_fifo() && self.rng.random_ratio(1, REPEAT_ONE_IN) {
            self.unsettled = Some((queue, tokens));
        }
        Ok(())
    }

    fn receive(&mut self, client: &mut Client, queue: Queue) -> Result<(), Gone> {
        let hidden = self.one_of(&VISIBILITY);
        let wait = u32::from(self.rng.random_ratio(1, WAIT_ONE_IN));
        let held = sight::receive(self.run, client, queue, hidden, wait);
        let mut fates: Vec<(Fate, Vec<Held>)> = Vec::new();
        for one in self.run.settle(held, |_, held| held)? {
            let Some(fate) = self.fate(queue) else { continue };
            match fates.iter_mut().find(|(other, _)| *other == fate) {
                Some((_, together)) => together.push(one),
                None => fates.push((fate, vec![one])),
            }
        }
        self.held.append(&mut fates);
        Ok(())
    }

    /// Deletes it, changes how long it is hidden, or leaves it to come back; of dead letters most are left
    /// to go back where they came from.
    fn fate(&mut self, queue: Queue) -> Option<Fate> {
        let deleted = if queue.source().is_some() { 2 } else { 6 };
        let dice = self.rng.random_range(0..10);
        match dice {
            8.. => None,
            _ if dice < deleted => Some(Fate::Delete),
            _ if dice >= 6 => Some(Fate::Hide(self.one_of(&VISIBILITY))),
            _ => None,
        }
    }

    /// Without an answer, the next program is asked the same.
    fn meet(&mut self, client: &mut Client, fate: Fate, held: Vec<Held>) -> Result<(), Gone> {
        let answer = fate.befall(self.run, client, &held);
        if matches!(answer, Err(Failure::Unanswered)) {
            self.held.push((fate, held));
        }
        self.run.settle(answer, |_, ()| ())
    }

    fn one_of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.rng.random_range(0..some.len())]
    }
}

/// A span of so many seconds.
pub(super) fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}
