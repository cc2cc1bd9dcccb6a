//! What the program has promised, written down outside of it.
//!
//! A line of the ledger is written before a request leaves and after its answer has come; what lies
//! between may have happened or not. So every check compares with what was known *before* the
//! request began: an answer that was on its way at the same time proves nothing.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::breach::{Breach, Breaches};
use super::message::{self, Token};

/// The program counts time in whole milliseconds, so a span may end that much early.
const RESOLUTION: Duration = Duration::from_millis(1);

/// All that was promised, and all that was broken.
#[derive(Default)]
pub(super) struct Ledger {
    step: u64,
    next: u64,
    messages: HashMap<Token, Message>,
    /// What was broken.
    pub(super) breaches: Breaches,
    /// What was done.
    pub(super) totals: Totals,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    /// Sends that were acknowledged.
    pub(super) sent: u64,
    /// Messages received.
    pub(super) received: u64,
    /// Deletes that were acknowledged.
    pub(super) deleted: u64,
    /// Requests without an answer.
    pub(super) unanswered: u64,
}

/// When a request began: by the ledger's own steps, and by the clock on the wall.
#[derive(Clone, Copy)]
pub(super) struct Began {
    step: u64,
    at: Instant,
}

/// One message's promises.
#[derive(Default)]
struct Message {
    sent: bool,
    delete_tried: bool,
    /// The step at which a delete was acknowledged that was certain to be one.
    deleted: Option<u64>,
    /// The highest receive count seen, and the step at which it was seen.
    count: Option<(u32, u64)>,
    hidden: Option<Hidden>,
}

/// A promise that nobody receives the message for a while.
struct Hidden {
    known_at: u64,
    until: Instant,
}

impl Ledger {
    /// A request begins.
    pub(super) fn begins(&mut self) -> Began {
        self.step += 1;
        Began { step: self.step, at: Instant::now() }
    }

    /// A request ended without an answer.
    pub(super) fn unanswered(&mut self) {
        self.totals.unanswered += 1;
    }

    /// A request was refused though nothing was wrong with it.
    pub(super) fn refused(&mut self, why: String) {
        self.breaches.add(Breach::Refused, why);
    }

    /// A message is about to be sent.
    pub(super) fn send_begins(&mut self) -> Token {
        let token = Token(self.next);
        self.next += 1;
        self.messages.insert(token, Message::default());
        token
    }

    /// Its send was acknowledged.
    pub(super) fn sent(&mut self, token: Token) {
        self.totals.sent += 1;
        self.entry(token).sent = true;
    }

    /// A message was received, hidden for so long; answers which it is, unless it never was one.
    pub(super) fn received(
        &mut self,
        began: Began,
        body: &str,
        count: u32,
        hidden: Duration,
    ) -> Option<Token> {
        self.step += 1;
        self.totals.received += 1;
        let known = message::read(body).filter(|token| self.messages.contains_key(token));
        let Some(token) = known else {
            let start: String = body.chars().take(40).collect();
            self.breaches.add(Breach::Changed, format!("nobody sent {start:?}"));
            return None;
        };
        let step = self.step;
        let found = self.entry(token).broken_by(began, count);
        self.entry(token).note_receive(step, count, began.at + hidden);
        for breach in found {
            self.breaches.add(breach, format!("message {}, receive count {count}", token.0));
        }
        Some(token)
    }

    /// A message's visibility timeout is about to be changed: until the answer comes, nobody knows.
    pub(super) fn hide_begins(&mut self, token: Token) -> Began {
        self.entry(token).hidden = None;
        self.begins()
    }

    /// The change was acknowledged; `count` is that of the receive whose handle was used.
    pub(super) fn hidden(&mut self, began: Began, token: Token, count: u32, hidden: Duration) {
        self.step += 1;
        let known_at = self.step;
        let message = self.entry(token);
        // An older receive's handle may have had no effect on the newer one.
        if message.count.is_some_and(|(highest, _)| highest == count) {
            message.hidden = Some(Hidden { known_at, until: began.at + hidden });
        }
    }

    /// A delete is about to be sent.
    pub(super) fn delete_begins(&mut self, token: Token) {
        self.entry(token).delete_tried = true;
    }

    /// The delete was acknowledged; `count` is that of the receive whose handle was used. A handle
    /// deletes nothing when somebody else has received the message meanwhile, and whether anybody
    /// has is certain only while the message is hidden.
    pub(super) fn deleted(&mut self, token: Token, count: u32) {
        self.step += 1;
        let step = self.step;
        self.totals.deleted += 1;
        let message = self.entry(token);
        let newest = message.count.is_some_and(|(highest, _)| highest == count);
        if newest && message.hidden.as_ref().is_some_and(|hidden| Instant::now() < hidden.until) {
            message.deleted.get_or_insert(step);
        }
    }

    /// About how many messages are in the queues.
    pub(super) fn backlog(&self) -> u64 {
        self.totals.sent.saturating_sub(self.totals.deleted)
    }

    /// After everything there is was received and deleted: what nobody has seen is lost.
    pub(super) fn close(&mut self) {
        for (token, message) in &self.messages {
            if message.sent && !message.delete_tried {
                self.breaches.add(Breach::Lost, format!("message {}", token.0));
            }
        }
    }

    fn entry(&mut self, token: Token) -> &mut Message {
        self.messages.entry(token).or_default()
    }
}

impl Message {
    /// What a receive that began then and ends now has broken.
    fn broken_by(&self, began: Began, count: u32) -> Vec<Breach> {
        let before = |step: u64| step < began.step;
        let mut found = Vec::new();
        if self.deleted.is_some_and(before) {
            found.push(Breach::Undone);
        }
        if let Some((highest, step)) = self.count
            && (count == highest || (count < highest && before(step)))
        {
            found.push(Breach::Backwards);
        }
        if let Some(hidden) = &self.hidden
            && before(hidden.known_at)
            && Instant::now() + RESOLUTION < hidden.until
        {
            found.push(Breach::Early);
        }
        found
    }

    fn note_receive(&mut self, step: u64, count: u32, until: Instant) {
        if self.count.is_none_or(|(highest, _)| count > highest) {
            self.count = Some((count, step));
            self.hidden = Some(Hidden { known_at: step, until });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(3600);

    fn sent(ledger: &mut Ledger) -> Token {
        let token = ledger.send_begins();
        ledger.sent(token);
        token
    }

    fn receive(ledger: &mut Ledger, token: Token, count: u32, hidden: Duration) {
        let began = ledger.begins();
        ledger.received(began, &message::body(token), count, hidden);
    }

    fn counted(ledger: &Ledger) -> Vec<(Breach, u64)> {
        let all = Breach::ALL.into_iter().map(|breach| (breach, ledger.breaches.count(breach)));
        all.filter(|(_, count)| *count > 0).collect()
    }

    fn check(story: impl FnOnce(&mut Ledger), expected: &[(Breach, u64)]) {
        let mut ledger = Ledger::default();
        story(&mut ledger);
        ledger.close();
        assert_eq!(counted(&ledger), expected);
    }

    #[test]
    fn an_acknowledged_message_that_nobody_sees_again_is_lost() {
        check(|ledger| _ = sent(ledger), &[(Breach::Lost, 1)]);
    }

    #[test]
    fn an_unanswered_send_may_be_lost() {
        check(|ledger| _ = ledger.send_begins(), &[]);
    }

    #[test]
    fn a_message_whose_deletion_was_tried_may_be_gone_or_not() {
        check(
            |ledger| {
                let token = sent(ledger);
                receive(ledger, token, 1, SHORT);
                ledger.delete_begins(token);
                receive(ledger, token, 2, SHORT);
            },
            &[],
        );
    }

    #[test]
    fn a_message_whose_deletion_was_acknowledged_must_not_come_back() {
        check(
            |ledger| {
                let token = sent(ledger);
                receive(ledger, token, 1, LONG);
                ledger.delete_begins(token);
                ledger.deleted(token, 1);
                receive(ledger, token, 2, LONG);
            },
            &[(Breach::Undone, 1), (Breach::Early, 1)],
        );
    }

    #[test]
    fn a_delete_after_the_visibility_timeout_may_have_deleted_nothing() {
        check(
            |ledger| {
                let token = sent(ledger);
                receive(ledger, token, 1, SHORT);
                ledger.delete_begins(token);
                ledger.deleted(token, 1);
                receive(ledger, token, 2, SHORT);
            },
            &[],
        );
    }

    #[test]
    fn a_receive_under_way_while_a_delete_is_acknowledged_proves_nothing() {
        check(
            |ledger| {
                let token = sent(ledger);
                let began = ledger.begins();
                receive(ledger, token, 2, LONG);
                ledger.delete_begins(token);
                ledger.deleted(token, 2);
                ledger.received(began, &message::body(token), 1, SHORT);
            },
            &[],
        );
    }

    #[test]
    fn a_receive_count_must_grow() {
        for (second, breaches) in [(3, 0), (2, 1), (1, 1)] {
            let mut ledger = Ledger::default();
            let token = sent(&mut ledger);
            receive(&mut ledger, token, 2, SHORT);
            receive(&mut ledger, token, second, SHORT);
            assert_eq!(ledger.breaches.count(Breach::Backwards), breaches, "2, then {second}");
        }
    }

    #[test]
    fn a_hidden_message_must_not_be_seen() {
        check(
            |ledger| {
                let token = sent(ledger);
                ledger.delete_begins(token);
                receive(ledger, token, 1, LONG);
                receive(ledger, token, 2, LONG);
            },
            &[(Breach::Early, 1)],
        );
    }

    #[test]
    fn a_message_whose_timeout_was_changed_may_be_seen() {
        check(
            |ledger| {
                let token = sent(ledger);
                ledger.delete_begins(token);
                receive(ledger, token, 1, LONG);
                let began = ledger.hide_begins(token);
                ledger.hidden(began, token, 1, SHORT);
                receive(ledger, token, 2, LONG);
            },
            &[],
        );
    }

    #[test]
    fn a_body_that_nobody_sent_is_noticed() {
        check(
            |ledger| {
                let token = sent(ledger);
                ledger.delete_begins(token);
                let began = ledger.begins();
                let changed = message::body(token) + "x";
                assert_eq!(ledger.received(began, &changed, 1, SHORT), None);
            },
            &[(Breach::Changed, 1)],
        );
    }
}
