//! Messages, from being published to being received.

use super::{Ledger, Sighting};
use crate::crash::breach::Breach;
use crate::crash::client::Accepted;
use crate::crash::fanout::letter::{self, Document};
use crate::crash::fanout::place::Place;
use crate::crash::fanout::subscription::{Subscription, Topic};
use crate::crash::message::Token;

/// A message.
#[derive(Clone, Debug)]
pub(super) struct Publication {
    pub(super) topic: Topic,
    /// The step at which its first publishing began.
    pub(super) began: u64,
    /// The step since which it is known to be published.
    pub(super) known: Option<u64>,
    /// What its publisher was told.
    pub(super) answer: Option<Accepted>,
    /// When that was, in milliseconds.
    pub(super) answered_at: Option<u64>,
    /// In the FIFO topic, the highest sequence number that its group had when its publishing began.
    pub(super) floor: Option<u128>,
    /// The message before it in the same batch, in the same group.
    pub(super) after: Option<Token>,
    /// Where it was received.
    pub(super) seen: Vec<Seen>,
}

/// A message in a queue.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) place: Place,
    /// The step at which it was known to be there.
    pub(super) first: u64,
    /// Its `MessageId` there.
    pub(super) id: String,
    /// Its `SequenceNumber` there.
    pub(super) sequence: Option<u128>,
    /// When it was delivered, in milliseconds.
    pub(super) sent: u64,
    /// What its document says.
    pub(super) document: Option<Document>,
}

impl Publication {
    /// What was seen of it in a queue.
    pub(super) fn seen(&self, place: Place) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.place == place)
    }

    /// The step at which it was known to have reached a subscription, wherever it went.
    pub(super) fn reached(&self, subscription: Subscription) -> Option<u64> {
        let its = self.seen.iter().filter(|seen| seen.place.subscription() == subscription);
        its.map(|seen| seen.first).min()
    }
}

impl Ledger {
    /// So many messages are about to be published to a topic, in this order.
    pub(in crate::crash::fanout) fn publish_begins(
        &mut self,
        topic: Topic,
        messages: usize,
    ) -> Vec<Token> {
        let began = self.step();
        let first = self.publications.len() as u64;
        let tokens: Vec<Token> = (first..first + messages as u64).map(Token).collect();
        for (index, token) in tokens.iter().enumerate() {
            let group = letter::group(*token);
            let is_before = |other: &&Token| letter::group(**other) == group;
            let is_fifo = topic == Topic::Fifo;
            self.publications.push(Publication {
                topic,
                began,
                known: None,
                answer: None,
                answered_at: None,
                floor: self.highest.get(&group).copied().filter(|_| is_fifo),
                after: tokens[..index].iter().rev().find(is_before).copied().filter(|_| is_fifo),
                seen: Vec::new(),
            });
        }
        tokens
    }

    /// A message that every filter takes is about to be published.
    pub(in crate::crash::fanout) fn publish_for_all_begins(&mut self, topic: Topic) -> Token {
        loop {
            if let [token] = self.publish_begins(topic, 1)[..]
                && letter::is_for_all(token)
            {
                return token;
            }
        }
    }

    /// Publishing was acknowledged at that time. That of a FIFO message may have been acknowledged before:
    /// then this is the same answer again.
    pub(in crate::crash::fanout) fn published(
        &mut self,
        token: Token,
        accepted: &Accepted,
        at: u64,
    ) {
        let step = self.step();
        let Some(publication) = self.publication_mut(token) else { return };
        let topic = publication.topic;
        if let Some(before) = &publication.answer {
            let is_same = before == accepted;
            self.totals.duplicates += 1;
            if !is_same {
                let what = format!("publishing message {} was answered in two ways", token.0);
                self.breaches.add(Breach::Multiplied, what);
            }
            return;
        }
        publication.answer = Some(accepted.clone());
        publication.answered_at = Some(at);
        let is_news = publication.known.is_none();
        publication.known.get_or_insert(step);
        self.waiting += u64::from(is_news);
        match topic {
            Topic::Standard => self.totals.published += 1,
            Topic::Fifo => self.totals.published_fifo += 1,
        }
        self.check_number(token, accepted.sequence);
    }

    /// Messages were received from a queue, in this order.
    pub(in crate::crash::fanout) fn received(&mut self, place: Place, sightings: &[Sighting]) {
        self.step();
        self.check_answer(place, sightings);
        for sighting in sightings {
            self.see(place, sighting);
        }
    }

    fn see(&mut self, place: Place, sighting: &Sighting) {
        let (step, subscription) = (self.step, place.subscription());
        let of_topic = |token: &Token| {
            self.publication(*token).is_some_and(|one| one.topic == subscription.topic())
        };
        let Some(token) = sighting.token.filter(of_topic) else {
            let what = format!("nobody published {:?} for {}", sighting.start, place.name());
            return self.breaches.add(Breach::Invented, what);
        };
        let Some(publication) = self.publication_mut(token) else { return };
        let is_elsewhere = publication.seen(place).map(|seen| seen.id != sighting.id);
        let is_news = publication.known.is_none();
        publication.known.get_or_insert(step);
        if is_elsewhere.is_none() {
            publication.seen.push(Seen {
                place,
                first: step,
                id: sighting.id.clone(),
                sequence: sighting.sequence,
                sent: sighting.sent,
                document: sighting.document.clone(),
            });
        }
        self.note_sight(place, is_elsewhere.is_none(), is_news);
        // A queue that is made again knows nothing of what the one before it had.
        if is_elsewhere == Some(true) && !place.is_deleted() {
            let what = format!("message {} in {}", token.0, place.name());
            self.breaches.add(Breach::Multiplied, what);
        }
        if !subscription.takes(token) {
            let what = format!("message {} in {}", token.0, place.name());
            self.breaches.add(Breach::Unfiltered, what);
        }
    }

    fn note_sight(&mut self, place: Place, is_first: bool, is_news: bool) {
        let is_everybodys = matches!(place, Place::Queue(Subscription::All | Subscription::Fifo));
        self.waiting += u64::from(is_news);
        if !is_first {
            return;
        }
        self.waiting = self.waiting.saturating_sub(u64::from(is_everybodys));
        match place {
            Place::Queue(_) => self.totals.delivered += 1,
            Place::DeadLetters(_) => self.totals.dead += 1,
        }
    }
}
