//! What the program has promised, written down outside of it.
//!
//! A line of the ledger is written before a request leaves and after its answer has come; what lies
//! between may have happened or not. So every check compares with what was known *before* the
//! request began: an answer that was on its way at the same time proves nothing. What a request without
//! an answer may have done stays open until something is seen that settles it.

mod entry;
mod fifo;
mod handles;
mod life;
mod receives;
mod redrive;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use self::entry::Entry;
use self::fifo::Groups;
use self::life::{Hidden, Life};
use self::receives::Receives;
use self::redrive::Place;
use super::breach::{Breach, Breaches};
use super::client::Accepted;
use super::message::{self, Token};
use super::queue::{MOST_RECEIVES, Queue};

pub(super) use self::handles::Held;
pub(super) use self::totals::Totals;

/// All that was promised, and all that was broken.
#[derive(Default)]
pub(super) struct Ledger {
    step: u64,
    /// By token.
    entries: Vec<Entry>,
    groups: Groups,
    receives: Receives,
    /// Messages that were sent and whose deletion was not acknowledged since they were last seen, by the
    /// queue that they were sent to.
    backlog: BTreeMap<Queue, u64>,
    /// Move tasks that were started, or tried to be.
    moves_begun: u64,
    /// What was broken.
    pub(super) breaches: Breaches,
    /// What was done.
    pub(super) totals: Totals,
}

/// When a request began: by the ledger's own steps, and by the clock on the wall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Began {
    step: u64,
    at: Instant,
}

/// A message that a receive has shown.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    /// Which message it is; none when it is not what anybody sent.
    pub(super) token: Option<Token>,
    /// How its body begins.
    pub(super) start: String,
    /// `MessageId`.
    pub(super) id: String,
    /// `ApproximateReceiveCount`.
    pub(super) count: u32,
    /// `SentTimestamp`, in milliseconds.
    pub(super) sent: u64,
    /// `SequenceNumber`.
    pub(super) sequence: Option<u128>,
}

impl Ledger {
    /// A request begins.
    pub(super) fn begins(&mut self) -> Began {
        self.step += 1;
        Began { step: self.step, at: Instant::now() }
    }

    /// A request ended without an answer.
    pub(super) fn unanswered(&mut self) {
        self.step += 1;
        self.totals.unanswered += 1;
    }

    /// A request was refused though nothing was wrong with it.
    pub(super) fn refused(&mut self, why: String) {
        self.breaches.add(Breach::Refused, why);
    }

    /// So many messages are about to be sent to a queue, in this order.
    pub(super) fn send_begins(&mut self, queue: Queue, messages: usize) -> Vec<Token> {
        let began = self.begins().step;
        let first = self.entries.len() as u64;
        let tokens: Vec<Token> = (first..first + messages as u64).map(Token).collect();
        for (index, token) in tokens.iter().enumerate() {
            let is_before = |other: &&Token| message::group(**other) == message::group(*token);
            let mut entry = Entry::new(queue, began);
            if queue.is_fifo() {
                entry.floor = self.groups.highest(queue, *token);
                entry.after = tokens[..index].iter().rev().find(is_before).copied();
            }
            self.entries.push(entry);
        }
        tokens
    }

    /// A send that began then was acknowledged; the message cannot be received for `delay`. The send of a
    /// FIFO message may have been acknowledged before: then this is the same answer again.
    pub(super) fn sent(
        &mut self,
        began: Began,
        token: Token,
        accepted: &Accepted,
        delay: Duration,
    ) {
        self.step += 1;
        let step = self.step;
        let Some(entry) = self.entry_mut(token) else { return };
        let (home, is_first) = (entry.home, !entry.acknowledged);
        entry.acknowledged = true;
        if entry.id.as_ref().is_some_and(|id| *id != accepted.id) {
            let what = format!("the send of message {} was answered with another id", token.0);
            return self.breaches.add(Breach::Doubled, what);
        }
        let is_known = entry.id.replace(accepted.id.clone()).is_some();
        let is_unseen = entry.lives.is_empty();
        let known = entry.life(home, &accepted.id).map(|life| life.sequence);
        if is_unseen {
            entry.lives.push(Life {
                queue: home,
                id: accepted.id.clone(),
                sequence: accepted.sequence,
                sent: None,
                born: entry.began,
                known_at: step,
                seen: 0,
                count: None,
                hidden: Some(Hidden::by(began, step, delay)),
            });
        }
        *self.backlog.entry(home).or_default() += u64::from(!is_known);
        match (is_first, home.is_fifo()) {
            (true, true) => self.totals.sent_fifo += 1,
            (true, false) => self.totals.sent += 1,
            (false, _) => self.totals.duplicates += 1,
        }
        match (known, accepted.sequence) {
            (None, Some(sequence)) if is_unseen => self.check_place(token, sequence),
            (Some(before), now) if before != now => {
                let what = format!("message {} was at {before:?} and is at {now:?}", token.0);
                self.breaches.add(Breach::Order, what);
            }
            _ => {}
        }
    }

    /// A receive is about to be sent.
    pub(super) fn receive_begins(&mut self, queue: Queue) -> Began {
        self.receives.begin(queue);
        self.begins()
    }

    /// It ended without an answer: what it gave is hidden now, or not.
    pub(super) fn receive_lost(&mut self, began: Began, queue: Queue) {
        self.step += 1;
        self.receives.lose(queue, began, self.step);
    }

    /// It was answered with these messages, hidden for so long.
    pub(super) fn received(
        &mut self,
        began: Began,
        queue: Queue,
        hidden: Duration,
        sightings: &[Sighting],
    ) {
        self.step += 1;
        self.receives.end(queue);
        self.check_order(began, queue, sightings);
        for sighting in sightings {
            match queue.is_fifo() {
                true => self.totals.received_fifo += 1,
                false => self.totals.received += 1,
            }
            self.see(began, queue, hidden, sighting);
        }
    }

    fn see(&mut self, began: Began, queue: Queue, hidden: Duration, sighting: &Sighting) {
        let token = sighting.token.filter(|token| self.entry(*token).is_some());
        let Some(token) = token else {
            let what = format!("nobody sent {:?} to {}", sighting.start, queue.name());
            return self.breaches.add(Breach::Changed, what);
        };
        let step = self.step;
        let moves = queue.is_redriven() && self.moves_begun > 0;
        let Some(entry) = self.entry_mut(token) else { return };
        let home = entry.home;
        let place = entry.place(began, queue, &sighting.id, moves);
        let mut found = entry.broken_by_sight(began);
        entry.note_sight(began);
        let is_back = std::mem::take(&mut entry.deletes.acknowledged);
        match place {
            Place::New(index) => self.note_arrival(token, index, queue, sighting),
            Place::Wrong => found.push(Breach::Doubled),
            Place::Untold => entry.untold += 1,
            Place::Known(_) => {}
        }
        *self.backlog.entry(home).or_default() += u64::from(is_back);
        if queue.dead_letters().is_some() && sighting.count > MOST_RECEIVES {
            found.push(Breach::Overdue);
        }
        let Some(entry) = self.entry_mut(token) else { return };
        if let Some(life) = entry.life(queue, &sighting.id) {
            found.extend(life.broken_by(began, sighting.count, sighting.sent));
            life.sent = Some(sighting.sent);
            life.note_receive(step, sighting.count, Hidden::by(began, step, hidden));
        }
        for breach in found {
            let (count, name) = (sighting.count, queue.name());
            let what = format!("message {}, receive count {count}, in {name}", token.0);
            self.breaches.add(breach, what);
        }
    }

    /// About how many messages there are that were sent to a queue.
    pub(super) fn backlog(&self, home: Queue) -> u64 {
        self.backlog.get(&home).copied().unwrap_or_default()
    }

    /// After everything there is was received and deleted: what nobody has seen is lost.
    pub(super) fn close(&mut self) {
        for (number, entry) in self.entries.iter().enumerate() {
            if entry.must_be_there() {
                let what = format!("message {number} of {}", entry.home.name());
                self.breaches.add(Breach::Lost, what);
            }
        }
        self.check_counts();
    }

    fn entry(&self, token: Token) -> Option<&Entry> {
        self.entries.get(usize::try_from(token.0).ok()?)
    }

    fn entry_mut(&mut self, token: Token) -> Option<&mut Entry> {
        self.entries.get_mut(usize::try_from(token.0).ok()?)
    }
}
