//! The way of a message from its queue to the dead-letter queue and back: it is in one of them.
//!
//! A dead letter keeps its message id; a message that a task has moved has a new one. So each life is a
//! queue and a message id, lives come one after the other, and an earlier one never comes back.

use super::entry::Entry;
use super::life::Life;
use super::{Began, Ledger, Sighting};
use crate::crash::breach::Breach;
use crate::crash::message::Token;
use crate::crash::queue::{MOST_RECEIVES, Queue};

/// What it means that a message was seen in a queue, under a message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It was known to be there, or had been; which life that is.
    Known(usize),
    /// It has come there; where this stands among its lives.
    New(usize),
    /// It has been in two places at about the same time, and nobody can tell in which order.
    Untold,
    /// It cannot be there.
    Wrong,
}

impl Entry {
    /// Where a receive that began then has seen it; `moves` says whether a task can have moved it.
    pub(super) fn place(&self, began: Began, queue: Queue, id: &str, moves: bool) -> Place {
        let is_home = queue == self.home || self.home.dead_letters() == Some(queue);
        if !is_home {
            return Place::Wrong;
        }
        let follows = |index: usize| match self.lives.get(index) {
            Some(later) => later.known_at >= began.step,
            None => true,
        };
        let known = |life: &Life| life.queue == queue && life.id == id;
        if let Some(index) = self.lives.iter().position(known) {
            return if follows(index + 1) { Place::Known(index) } else { Place::Wrong };
        }
        // The same id in the other queue: a dead letter, before or after that.
        if let Some(index) = self.lives.iter().position(|life| life.id == id) {
            let index = index + usize::from(queue != self.home);
            return if follows(index) { Place::New(index) } else { Place::Wrong };
        }
        match self.lives.last() {
            Some(_) if !moves => Place::Wrong,
            Some(last) if last.known_at >= began.step => Place::Untold,
            _ => Place::New(self.lives.len()),
        }
    }
}

impl Ledger {
    /// A move task is about to be started.
    pub(in crate::crash) fn move_begins(&mut self) {
        self.moves_begun += 1;
    }

    /// A message has come to a queue.
    pub(super) fn note_arrival(
        &mut self,
        token: Token,
        index: usize,
        queue: Queue,
        seen: &Sighting,
    ) {
        let step = self.step;
        let Some(entry) = self.entry_mut(token) else { return };
        let home = entry.home;
        // It was sent, though nobody may have said so.
        let is_news = entry.id.is_none();
        entry.id.get_or_insert_with(|| seen.id.clone());
        let is_moved = entry.lives.iter().all(|life| life.id != seen.id) && !entry.lives.is_empty();
        let is_first = entry.lives.is_empty() && queue == entry.home;
        let is_newest = index == entry.lives.len();
        let earlier = index.checked_sub(1).and_then(|index| entry.lives.get(index));
        let sent_once = earlier.filter(|life| life.id == seen.id && !queue.is_fifo());
        let sent = sent_once.and_then(|life| life.sent);
        let left = earlier.and_then(|life| Some((life.queue, life.sequence?)));
        let born = earlier.map_or(entry.began, |life| life.born);
        let life = Life {
            queue,
            id: seen.id.clone(),
            sequence: seen.sequence,
            sent,
            born,
            known_at: step,
            seen: 0,
            count: None,
            hidden: None,
        };
        entry.lives.insert(index, life);
        *self.backlog.entry(home).or_default() += u64::from(is_news);
        self.totals.moved += u64::from(is_moved);
        self.totals.dead += u64::from(queue.source().is_some());
        if let Some((queue, sequence)) = left {
            self.groups.remove(queue, token, sequence);
        }
        match seen.sequence {
            Some(sequence) if is_first => self.check_place(token, sequence),
            Some(sequence) if is_newest => _ = self.groups.add(queue, token, sequence),
            _ => {}
        }
    }

    /// What is known in the end: a message died no sooner than it had to, and nothing was counted that was
    /// no receive.
    pub(super) fn check_counts(&mut self) {
        let mut found = Vec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            for (index, life) in entry.lives.iter().enumerate() {
                let end = entry.lives.get(index + 1).map_or(u64::MAX, |later| later.known_at);
                let highest = life.highest();
                let unseen = || self.receives.lost(life.queue, life.born, end) + entry.untold;
                if highest > life.seen && highest > life.seen + unseen() {
                    found.push((Breach::Counted, number, highest));
                }
                let is_dead = life.queue.dead_letters().is_some() && end < u64::MAX;
                if is_dead && highest < MOST_RECEIVES && highest + unseen() < MOST_RECEIVES {
                    found.push((Breach::Premature, number, highest));
                }
            }
        }
        for (breach, number, highest) in found {
            self.breaches.add(breach, format!("message {number}, receive count {highest}"));
        }
    }
}
