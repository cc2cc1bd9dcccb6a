//! What a FIFO queue is, as simply as it can be said. No code is shared with the service.

/// A message.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) body: String,
    group: u8,
    sent: u64,
    was_delayed: bool,
    visible_at: u64,
    pub(super) receives: u32,
    received: u64,
    /// Since it was received last its visibility was changed.
    changed: bool,
}

/// A receive with an attempt id: when, and which receive of which message.
struct Attempt {
    id: u8,
    at: u64,
    got: Vec<(String, u32)>,
}

/// A queue: messages in the order in which they came, with bodies that tests make unique.
#[derive(Default)]
pub(super) struct Model {
    pub(super) now: u64,
    pub(super) retention: u64,
    pub(super) delay: u64,
    pub(super) messages: Vec<Message>,
    /// Deduplication ids, the bodies of their messages, and until when they count.
    seen: Vec<(u8, String, u64)>,
    attempts: Vec<Attempt>,
}

impl Model {
    /// Answers the body of the message that the sender is told of: the first one with this id.
    pub(super) fn send(&mut self, body: &str, group: u8, id: u8) -> String {
        let now = self.now;
        let known = self.seen.iter().find(|(known, _, until)| *known == id && *until > now);
        if let Some((_, original, _)) = known {
            return original.clone();
        }
        self.seen.push((id, body.to_owned(), now + 300));
        self.messages.push(Message {
            body: body.to_owned(),
            group,
            sent: now,
            was_delayed: self.delay > 0,
            visible_at: now + self.delay,
            receives: 0,
            received: 0,
            changed: false,
        });
        body.to_owned()
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        let (now, retention) = (self.now, self.retention);
        self.messages.retain(|message| message.sent + retention > now);
    }

    pub(super) fn set_delay(&mut self, delay: u64) {
        self.delay = delay;
        for message in self.messages.iter_mut().filter(|m| m.receives == 0 && m.was_delayed) {
            message.visible_at = message.sent + delay;
        }
    }

    fn is_locked(&self, group: u8) -> bool {
        let in_flight = |m: &&Message| m.receives > 0 && m.visible_at > self.now;
        self.messages.iter().filter(in_flight).any(|m| m.group == group)
    }

    /// Which messages can be received now, in the order in which a receive gets them.
    fn available(&self) -> Vec<usize> {
        let mut groups: Vec<u8> = Vec::new();
        for message in &self.messages {
            if !groups.contains(&message.group) && !self.is_locked(message.group) {
                groups.push(message.group);
            }
        }
        let of = |group: u8| {
            let all = self.messages.iter().enumerate().filter(move |(_, m)| m.group == group);
            all.take_while(|(_, m)| m.visible_at <= self.now).map(|(index, _)| index)
        };
        // Of two groups that can be received from, the one with the older message is first.
        groups.into_iter().flat_map(of).collect()
    }

    fn position(&self, body: &str, receive: u32) -> Option<usize> {
        self.messages.iter().position(|m| m.body == body && m.receives == receive)
    }

    /// The messages of the attempt with this id, if they can be given again.
    fn again(&self, id: u8) -> Option<Vec<usize>> {
        let attempts = self.attempts.iter().filter(|a| a.id == id && self.now < a.at + 300);
        attempts.filter(|attempt| !attempt.got.is_empty()).find_map(|attempt| {
            let unchanged = |(body, receive): &(String, u32)| {
                let index = self.position(body, *receive)?;
                let message = &self.messages[index];
                (!message.changed && message.visible_at > self.now).then_some(index)
            };
            attempt.got.iter().map(unchanged).collect()
        })
    }

    /// The bodies that a receive gets, each with the number of the receive.
    pub(super) fn receive(
        &mut self,
        most: usize,
        visibility: u64,
        attempt: Option<u8>,
    ) -> Vec<(String, u32)> {
        let now = self.now;
        let hide = |message: &mut Message| {
            message.visible_at = now + visibility;
            (message.body.clone(), message.receives)
        };
        if let Some(mut again) = attempt.and_then(|id| self.again(id)) {
            again.sort_unstable();
            return again.into_iter().map(|index| hide(&mut self.messages[index])).collect();
        }
        let mut got = Vec::new();
        for index in self.available().into_iter().take(most) {
            let message = &mut self.messages[index];
            (message.received, message.changed) = (now, false);
            message.receives += 1;
            got.push(hide(message));
        }
        self.attempts.extend(attempt.map(|id| Attempt { id, at: now, got: got.clone() }));
        got
    }

    /// A handle of that receive is shown to delete the message; answers whether it is taken.
    pub(super) fn delete(&mut self, body: &str, receive: u32) -> bool {
        let Some(index) = self.messages.iter().position(|m| m.body == body) else { return true };
        let message = &self.messages[index];
        let is_valid = message.receives == receive && message.visible_at > self.now;
        if is_valid {
            self.messages.remove(index);
        }
        is_valid
    }

    /// A handle of that receive is shown to change the visibility; answers whether that is allowed.
    pub(super) fn change(&mut self, body: &str, receive: u32, visibility: u64) -> bool {
        let now = self.now;
        let Some(index) = self.position(body, receive) else { return false };
        let message = &mut self.messages[index];
        let is_allowed = message.visible_at > now && now + visibility <= message.received + 43_200;
        if is_allowed {
            (message.visible_at, message.changed) = (now + visibility, true);
        }
        is_allowed
    }

    /// Visible, in flight, delayed.
    pub(super) fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for message in &self.messages {
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
