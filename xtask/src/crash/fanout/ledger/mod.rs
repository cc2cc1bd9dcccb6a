//! What topics have promised, written down outside of the program.
//!
//! As in the queues' ledger a line is written before a request leaves and after its answer has come, and
//! what an unanswered request has done stays open until something is seen that settles it.
//!
//! A message is *published* once its Publish was answered, or once anybody has received it. It is *owed* to a
//! subscription that existed for certain: whose Subscribe was answered before the Publish was sent, and whose
//! Unsubscribe was not sent before the message had reached it. As every subscription gets its messages in the
//! order in which they were published, that is known once a later message was received from it. Of messages
//! that were on their way when it ended nothing is known.
//!
//! A queue that is deleted takes along what it has. It is owed nothing more; what was not delivered by
//! then is owed to its subscription's dead-letter queue, until the queue is there again.

mod close;
mod course;
mod order;
mod publications;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::{BTreeMap, HashMap};

use self::course::Course;
use self::publications::Publication;
use super::letter::{Document, Group};
use super::place::Place;
use super::subscription::Subscription;
use crate::crash::breach::{Breach, Breaches};
use crate::crash::message::Token;

pub(in crate::crash) use self::course::State;
pub(in crate::crash) use self::totals::Totals;

/// All that was promised, and all that was broken.
#[derive(Default)]
pub(in crate::crash) struct Ledger {
    step: u64,
    /// By token.
    publications: Vec<Publication>,
    /// The highest sequence number that was answered of each group of the FIFO topic.
    highest: HashMap<Group, u128>,
    /// Who has which sequence number.
    sequences: HashMap<u128, Token>,
    /// Of those that have changed; the others exist from the beginning to the end.
    courses: BTreeMap<Subscription, Course>,
    /// The guest's `SubscriptionArn`.
    pub(super) guest: Option<String>,
    /// When the program was killed, in milliseconds: between these moments.
    kills: Vec<(u64, u64)>,
    /// How many published messages the subscribers of everything have not received yet.
    waiting: u64,
    /// What was broken.
    pub(in crate::crash) breaches: Breaches,
    /// What was done.
    pub(in crate::crash) totals: Totals,
}

/// A message that a receive has shown.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    /// Which message it is; none when it is not what anybody publishes.
    pub(super) token: Option<Token>,
    /// How its body begins.
    pub(super) start: String,
    /// Its `MessageId` in the queue.
    pub(super) id: String,
    /// `SentTimestamp`: when it was delivered, in milliseconds.
    pub(super) sent: u64,
    /// Its `SequenceNumber` in the queue.
    pub(super) sequence: Option<u128>,
    /// What its document says.
    pub(super) document: Option<Document>,
}

impl Ledger {
    /// A request begins or ends.
    pub(super) fn step(&mut self) -> u64 {
        self.step += 1;
        self.step
    }

    /// A request ended without an answer.
    pub(super) fn unanswered(&mut self) {
        self.step();
        self.totals.unanswered += 1;
    }

    /// A request was refused though nothing was wrong with it.
    pub(super) fn refused(&mut self, why: String) {
        self.step();
        self.breaches.add(Breach::Refused, why);
    }

    /// In the end somebody still waited for what was published last.
    pub(super) fn undelivered(&mut self, why: &str) {
        self.breaches.add(Breach::Undelivered, why.to_owned());
    }

    /// The program was killed between these moments.
    pub(in crate::crash) fn killed(&mut self, between: (u64, u64)) {
        self.kills.push(between);
    }

    /// About how many published messages nobody has received yet.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// A change of a subscription or its queue is about to be asked for.
    pub(super) fn change_begins(&mut self, subscription: Subscription, to: State) {
        let step = self.step();
        self.courses.entry(subscription).or_default().begin(to, step);
    }

    /// The change was acknowledged.
    pub(super) fn changed(&mut self, subscription: Subscription) {
        let step = self.step();
        self.totals.changes += 1;
        self.courses.entry(subscription).or_default().settle(step);
    }

    /// How a subscription stands, and whether that was acknowledged.
    pub(super) fn state(&self, subscription: Subscription) -> (State, bool) {
        self.courses.get(&subscription).map_or((State::Open, true), Course::state)
    }

    /// How a subscription stands for certain, and since which of its changes.
    pub(super) fn standing(&self, subscription: Subscription) -> Option<(State, usize)> {
        let changes = self.courses.get(&subscription).map_or(0, Course::changes);
        let (state, is_settled) = self.state(subscription);
        is_settled.then_some((state, changes))
    }

    /// A queue is there whose deletion was acknowledged.
    pub(super) fn undone(&mut self, place: Place) {
        self.breaches.add(Breach::Undone, place.name());
    }

    /// Whether a message has been received from a queue.
    pub(super) fn has_seen(&self, token: Token, place: Place) -> bool {
        self.publication(token).is_some_and(|publication| publication.seen(place).is_some())
    }

    fn publication(&self, token: Token) -> Option<&Publication> {
        self.publications.get(usize::try_from(token.0).ok()?)
    }

    fn publication_mut(&mut self, token: Token) -> Option<&mut Publication> {
        self.publications.get_mut(usize::try_from(token.0).ok()?)
    }
}
