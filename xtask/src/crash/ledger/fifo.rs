//! The order of FIFO groups.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::entry::Entry;
use super::receives::Receives;
use super::{Began, Ledger, Sighting};
use crate::crash::breach::Breach;
use crate::crash::message::{self, Group, Token};
use crate::crash::queue::{MOST_RECEIVES, Queue};

/// The groups of all FIFO queues.
#[derive(Debug, Default)]
pub(super) struct Groups(HashMap<(Queue, Group), Sequence>);

/// The messages of one group, by sequence number, but those that are gone for certain.
#[derive(Debug, Default)]
struct Sequence {
    highest: Option<u128>,
    messages: BTreeMap<u128, Token>,
}

impl Groups {
    /// The highest sequence number that was ever known of a message's group.
    pub(super) fn highest(&self, queue: Queue, token: Token) -> Option<u128> {
        self.0.get(&(queue, message::group(token)))?.highest
    }

    /// A message stands at a place; answers which other one stands there already.
    pub(super) fn add(&mut self, queue: Queue, token: Token, sequence: u128) -> Option<Token> {
        let group = self.0.entry((queue, message::group(token))).or_default();
        group.highest = group.highest.max(Some(sequence));
        group.messages.insert(sequence, token).filter(|other| *other != token)
    }

    /// A message is gone from a queue.
    pub(super) fn remove(&mut self, queue: Queue, token: Token, sequence: u128) {
        if let Some(group) = self.0.get_mut(&(queue, message::group(token))) {
            group.messages.remove(&sequence);
        }
    }

    fn before(&self, queue: Queue, token: Token, sequence: u128) -> impl Iterator<Item = Token> {
        let group = self.0.get(&(queue, message::group(token)));
        let messages = group.into_iter().flat_map(move |group| group.messages.range(..sequence));
        messages.map(|(_, token)| *token)
    }
}

impl Ledger {
    /// Whether a receive has given each message after all earlier ones of its group.
    pub(super) fn check_order(&mut self, began: Began, queue: Queue, sightings: &[Sighting]) {
        let mut given = HashSet::new();
        for sighting in sightings {
            let Some((token, sequence)) = sighting.token.zip(sighting.sequence) else { continue };
            let skipped = self.groups.before(queue, token, sequence);
            let skipped = skipped.filter(|earlier| !given.contains(earlier));
            let found = skipped.filter_map(|earlier| {
                let breach = self.entry(earlier)?.when_skipped(began, queue, &self.receives)?;
                Some((earlier, breach))
            });
            if let Some((earlier, breach)) = found.take(1).next() {
                let what = format!("{} before {} in {}", token.0, earlier.0, queue.name());
                self.breaches.add(breach, what);
            }
            given.insert(token);
        }
    }

    /// A message's place in its first queue became known.
    pub(super) fn check_place(&mut self, token: Token, sequence: u128) {
        let Some(entry) = self.entry(token) else { return };
        let queue = entry.home;
        let before = entry.after.and_then(|after| self.entry(after)?.lives.first()?.sequence);
        let is_behind = entry.floor.max(before) < Some(sequence);
        let other = self.groups.add(queue, token, sequence);
        if !is_behind || other.is_some() {
            let what = format!("{} got {sequence} in {}", token.0, queue.name());
            self.breaches.add(Breach::Order, what);
        }
    }
}

impl Entry {
    /// What it breaks that a receive, which began then and ends now, passed this message over.
    fn when_skipped(&self, began: Began, queue: Queue, receives: &Receives) -> Option<Breach> {
        let life = self.lives.last().filter(|life| life.queue == queue)?;
        if !self.must_be_there() || life.known_at >= began.step {
            return None;
        }
        if life.is_hidden(began) {
            return Some(Breach::Overtaken);
        }
        if queue.source().is_some() {
            return None; // a move task may have it
        }
        let now = u64::MAX;
        let unseen = receives.lost(queue, life.last_seen(), now) + receives.under_way(queue);
        let may_be_dead =
            queue.dead_letters().is_some() && life.highest() + unseen >= MOST_RECEIVES;
        (!may_be_dead).then_some(Breach::Order)
    }
}
