//! The order of the FIFO topic's groups.

use std::collections::HashMap;

use super::publications::Publication;
use super::{Ledger, Sighting};
use crate::crash::breach::Breach;
use crate::crash::fanout::letter::{self, Group};
use crate::crash::fanout::place::Place;
use crate::crash::fanout::subscription::Topic;
use crate::crash::message::Token;

impl Ledger {
    /// A message's sequence number in its topic became known: it is higher than those that were answered
    /// before the message was published, and nobody else's.
    pub(super) fn check_number(&mut self, token: Token, sequence: Option<u128>) {
        let Some(publication) = self.publication(token) else { return };
        let is_fifo = publication.topic == Topic::Fifo;
        let before = publication.after.and_then(|after| self.publication(after)?.answer.as_ref());
        let before = before.and_then(|answer| answer.sequence);
        let is_behind = publication.floor.max(before) < sequence;
        let other = sequence.and_then(|sequence| self.sequences.insert(sequence, token));
        let other = other.filter(|other| *other != token);
        let highest = self.highest.entry(letter::group(token)).or_default();
        *highest = sequence.map_or(*highest, |sequence| sequence.max(*highest));
        if is_fifo != sequence.is_some() || (is_fifo && !is_behind) || other.is_some() {
            let what = format!("message {} got {sequence:?} in its topic", token.0);
            self.breaches.add(Breach::Disordered, what);
        }
    }

    /// One answer of a FIFO queue has the messages of a group in the order of their numbers.
    pub(super) fn check_answer(&mut self, place: Place, sightings: &[Sighting]) {
        let mut last: HashMap<Group, u128> = HashMap::new();
        for sighting in sightings {
            let Some((token, sequence)) = sighting.token.zip(sighting.sequence) else { continue };
            let before = last.insert(letter::group(token), sequence);
            if before.is_some_and(|before| before >= sequence) {
                let what = format!("message {} was received late in {}", token.0, place.name());
                self.breaches.add(Breach::Disordered, what);
            }
        }
    }

    /// Every FIFO queue has the messages of a group in the order in which they were published.
    pub(super) fn check_orders(&mut self) {
        for place in Place::all().into_iter().filter(|place| place.is_fifo()) {
            let mut groups: HashMap<Group, Vec<(u128, Token)>> = HashMap::new();
            for (number, publication) in self.publications.iter().enumerate() {
                let token = Token(number as u64);
                let sequence = publication.seen(place).and_then(|seen| seen.sequence);
                let group = groups.entry(letter::group(token)).or_default();
                group.extend(sequence.map(|sequence| (sequence, token)));
            }
            for mut group in groups.into_values() {
                group.sort_unstable();
                self.check_group(place, &group);
            }
        }
    }

    fn check_group(&mut self, place: Place, group: &[(u128, Token)]) {
        let mut latest = Latest::default();
        for (_, token) in group {
            let Some(publication) = self.publication(*token) else { continue };
            if !latest.is_followed_by(publication) {
                let what = format!("message {} was delivered late to {}", token.0, place.name());
                self.breaches.add(Breach::Disordered, what);
            }
        }
    }
}

/// What is known of the messages before the next one.
#[derive(Default)]
struct Latest {
    sequence: Option<u128>,
    began: u64,
}

impl Latest {
    /// Whether a message may come after these: its number in the topic is higher, where numbers are known,
    /// and none of them was published only after it.
    fn is_followed_by(&mut self, publication: &Publication) -> bool {
        let sequence = publication.answer.as_ref().and_then(|answer| answer.sequence);
        let is_behind = sequence.is_none() || self.sequence < sequence;
        let is_later = publication.known.is_none_or(|known| known > self.began);
        self.sequence = self.sequence.max(sequence);
        self.began = self.began.max(publication.began);
        is_behind && is_later
    }
}
