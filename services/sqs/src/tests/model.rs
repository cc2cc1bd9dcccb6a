//! What a standard queue is, as simply as it can be said. No code is shared with the service.

use std::collections::BTreeMap;

/// A message.
#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    pub(super) sent: u64,
    pub(super) visible_at: u64,
    pub(super) receives: u32,
    pub(super) received: u64,
}

/// A queue: messages by body, which tests make unique.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) now: u64,
    pub(super) retention: u64,
    pub(super) messages: BTreeMap<String, Message>,
}

impl Model {
    pub(super) fn send(&mut self, body: &str, delay: u64) {
        let message =
            Message { sent: self.now, visible_at: self.now + delay, ..Message::default() };
        self.messages.insert(body.to_owned(), message);
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        let (now, retention) = (self.now, self.retention);
        self.messages.retain(|_, message| message.sent + retention > now);
    }

    /// How many messages a receive gets that asks for `most`.
    pub(super) fn available(&self, most: usize) -> usize {
        self.counts()[0].min(most)
    }

    /// A receive got this message: answers how often it has been received.
    pub(super) fn received(&mut self, body: &str, visibility: u64) -> u32 {
        let now = self.now;
        let message = self.messages.get_mut(body).expect("a message that was sent and not deleted");
        assert!(message.visible_at <= now, "{body} was received while it was hidden");
        message.visible_at = now + visibility;
        message.received = now;
        message.receives += 1;
        message.receives
    }

    /// A handle of that receive is shown to delete the message.
    pub(super) fn delete(&mut self, body: &str, receive: u32) {
        if self.messages.get(body).is_some_and(|message| message.receives == receive) {
            self.messages.remove(body);
        }
    }

    /// A handle of that receive is shown to change the visibility; answers whether that is allowed.
    pub(super) fn change(&mut self, body: &str, receive: u32, visibility: u64) -> bool {
        let now = self.now;
        let Some(message) = self.messages.get_mut(body) else { return false };
        let allowed = message.receives == receive
            && message.visible_at > now
            && now + visibility <= message.received + 43_200;
        if allowed {
            message.visible_at = now + visibility;
        }
        allowed
    }

    /// Several such handles are shown at once, and all are judged by the state before; answers how many
    /// are allowed. Of several for one message the last holds.
    pub(super) fn change_all<'a>(
        &mut self,
        changes: impl Iterator<Item = (&'a str, u32, u64)>,
    ) -> usize {
        let before = self.clone();
        let judged = changes.filter_map(|(body, receive, visibility)| {
            let mut one = before.clone();
            one.change(body, receive, visibility).then(|| (body, one.messages[body].clone()))
        });
        let allowed: Vec<_> = judged.collect();
        for (body, message) in &allowed {
            self.messages.insert((*body).to_owned(), message.clone());
        }
        allowed.len()
    }

    /// Visible, in flight, delayed.
    pub(super) fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for message in self.messages.values() {
            let kind = match (message.visible_at <= self.now, message.receives) {
                (true, _) => 0,
                (false, 0) => 2,
                (false, _) => 1,
            };
            counts[kind] += 1;
        }
        counts
    }
}
