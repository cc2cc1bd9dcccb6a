//! What is said in the end, when every queue was emptied.

use super::Ledger;
use super::course::{Course, Phase, State};
use super::publications::Publication;
use crate::crash::breach::Breach;
use crate::crash::fanout::place::Place;
use crate::crash::fanout::subscription::Subscription;
use crate::crash::message::Token;

/// A message for which a subscription is judged.
struct Case<'l> {
    kills: &'l [(u64, u64)],
    subscription: Subscription,
    course: &'l Course,
    publication: &'l Publication,
    /// The step since which it is known to be published.
    known: u64,
    /// The step by which it had come to the subscription for certain, wherever it went.
    settled: u64,
}

/// What the messages that came to a subscription say of those before them.
struct Arrivals(Vec<(u64, u64)>);

impl Ledger {
    /// After everything there is was received: what is not where it should be, and what is where it should
    /// not be.
    pub(in crate::crash) fn close(&mut self) {
        self.check_orders();
        self.check_documents();
        for subscription in Subscription::ALL {
            self.check_subscription(subscription);
        }
        let unanswered = |one: &&Publication| one.answer.is_none() && one.known.is_some();
        self.totals.untold = self.publications.iter().filter(unanswered).count() as u64;
        let is_interrupted = |one: &&Publication| one.was_interrupted(&self.kills);
        self.totals.interrupted = self.publications.iter().filter(is_interrupted).count() as u64;
    }

    /// Documents say what publishers were told.
    fn check_documents(&mut self) {
        for (number, publication) in self.publications.iter().enumerate() {
            let Some(answer) = &publication.answer else { continue };
            for seen in &publication.seen {
                let Some(document) = &seen.document else { continue };
                if (&document.id, document.sequence) != (&answer.id, answer.sequence) {
                    let what = format!("message {number} is {document:?} in {}", seen.place.name());
                    self.breaches.add(Breach::Invented, what);
                }
            }
        }
    }

    fn check_subscription(&mut self, subscription: Subscription) {
        let course = self.courses.get(&subscription).cloned().unwrap_or_default();
        let arrivals = Arrivals::new(subscription, &self.publications);
        let (mut found, mut owed_dead) = (Vec::new(), 0);
        for (number, publication) in self.publications.iter().enumerate() {
            let is_taken = subscription.takes(Token(number as u64));
            let Some(known) = publication.known.filter(|_| is_taken) else { continue };
            if publication.topic != subscription.topic() {
                continue;
            }
            let settled = arrivals.settled(publication, subscription, known);
            let (kills, course) = (&self.kills[..], &course);
            let case = Case { kills, subscription, course, publication, known, settled };
            owed_dead += u64::from(case.is_owed_to_dead_letters());
            found.extend(case.breaches().into_iter().map(|breach| (breach, number)));
        }
        self.totals.owed_dead += owed_dead;
        for (breach, number) in found {
            let what = format!("message {number} of {}", subscription.word());
            self.breaches.add(breach, what);
        }
    }
}

impl Publication {
    /// Whether the program was killed after it had answered and before the last delivery.
    fn was_interrupted(&self, kills: &[(u64, u64)]) -> bool {
        let delivered = self.seen.iter().map(|seen| seen.sent).max();
        let Some((answered, delivered)) = self.answered_at.zip(delivered) else { return false };
        let first = kills.partition_point(|(before, _)| *before < answered);
        kills.get(first).is_some_and(|(_, after)| *after < delivered)
    }
}

impl Arrivals {
    /// By when each publishing had begun, the earliest sight of such a message or a later one.
    fn new(subscription: Subscription, publications: &[Publication]) -> Self {
        let reached = |one: &Publication| Some((one.began, one.reached(subscription)?));
        let mut arrivals: Vec<(u64, u64)> = publications.iter().filter_map(reached).collect();
        arrivals.sort_unstable();
        let mut earliest = u64::MAX;
        for (_, sight) in arrivals.iter_mut().rev() {
            earliest = earliest.min(*sight);
            *sight = earliest;
        }
        Arrivals(arrivals)
    }

    /// When it was certain that a message had come, or a later one, before which it must have.
    fn settled(&self, one: &Publication, subscription: Subscription, known: u64) -> u64 {
        let later = self.0.partition_point(|(began, _)| *began <= known);
        let later = self.0.get(later).map_or(u64::MAX, |(_, sight)| *sight);
        one.reached(subscription).unwrap_or(u64::MAX).min(later)
    }
}

impl Case<'_> {
    fn breaches(&self) -> Vec<Breach> {
        let mut found = Vec::new();
        if self.course.phases().iter().any(|phase| self.is_misplaced(phase)) {
            found.push(Breach::Misplaced);
        }
        if self.course.phases().iter().any(|phase| self.is_uncalled_for(phase)) {
            found.push(Breach::Uninvited);
        }
        if self.is_in_both() {
            found.push(Breach::Multiplied);
        }
        if self.is_owed_to_dead_letters() && self.dead().is_none() {
            found.push(Breach::Unburied);
        } else if self.is_missing() {
            found.push(Breach::Undelivered);
        }
        found
    }

    fn queue(&self) -> Place {
        Place::Queue(self.subscription)
    }

    /// The step at which it was first seen in the queue.
    fn place(&self) -> Option<u64> {
        self.publication.seen(self.queue()).map(|seen| seen.first)
    }

    /// The step at which it was first seen in the dead-letter queue.
    fn dead(&self) -> Option<u64> {
        self.publication.seen(Place::DeadLetters(self.subscription)).map(|seen| seen.first)
    }

    /// Whether it was delivered after it was a dead letter, without need: the program knows nothing of a
    /// dead letter if it was killed just then. A queue that is made again knows nothing at all.
    fn is_in_both(&self) -> bool {
        let sent = |place| self.publication.seen(place).map(|seen| seen.sent);
        let dead = sent(Place::DeadLetters(self.subscription));
        let both = dead.zip(sent(self.queue()));
        let is_forgotten = |(dead, queue)| {
            self.kills.iter().any(|(before, after)| dead <= *after && *before <= queue)
        };
        both.is_some_and(|both| !is_forgotten(both)) && !self.queue().is_deleted()
    }

    /// Whether it came in this phase for certain.
    fn came_in(&self, phase: &Phase) -> bool {
        phase.had_begun(self.publication.began) && phase.lasted(self.settled)
    }

    /// Whether it was seen in one queue in a phase in which it belonged to the other.
    fn is_misplaced(&self, phase: &Phase) -> bool {
        let wrong = match phase.state {
            State::Open => self.dead(),
            State::Away => self.place(),
            State::Ended => None,
        };
        wrong.is_some_and(|seen| phase.had_begun(self.publication.began) && phase.lasted(seen))
    }

    /// Whether it was seen though it was published while there was no subscription.
    fn is_uncalled_for(&self, phase: &Phase) -> bool {
        phase.state == State::Ended
            && phase.had_begun(self.publication.began)
            && phase.lasted(self.known)
            && (self.place().is_some() || self.dead().is_some())
    }

    /// Whether it came while there was no queue that took it.
    fn is_owed_to_dead_letters(&self) -> bool {
        let mut phases = self.course.phases().iter();
        phases.any(|phase| phase.state == State::Away && self.came_in(phase))
    }

    /// Whether it is nowhere though nothing can have taken it away.
    fn is_missing(&self) -> bool {
        let phases = self.course.phases();
        let came_in =
            |state| phases.iter().any(|phase| phase.state == state && self.came_in(phase));
        let is_kept = !self.queue().is_deleted();
        if self.place().is_none() && came_in(State::Open) && is_kept {
            return true;
        }
        let is_seen = self.place().is_some() || self.dead().is_some();
        let may_be_lost = |phase: &Phase| {
            let is_lossy = match phase.state {
                State::Open => !is_kept && phase.until.is_some(),
                State::Away => false,
                State::Ended => true,
            };
            is_lossy && phase.may_have_lasted(self.publication.began)
        };
        // It may have come in any phase that was not over before it was published.
        let is_last = phases.last().is_some_and(|last| {
            last.state == State::Open && last.had_begun(self.publication.began)
        });
        (is_last && self.place().is_none())
            || (!is_seen && !came_in(State::Ended) && !phases.iter().any(may_be_lost))
    }
}
