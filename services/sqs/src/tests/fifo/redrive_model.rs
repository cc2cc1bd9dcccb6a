//! What a FIFO queue and its dead-letter queue are together, as simply as it can be said. No code is shared with
//! the service.

/// A message; each crossing gives it another life.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    body: String,
    group: u8,
    life: u32,
    visible_at: u64,
    receives: u32,
}

impl Message {
    fn crossed(self) -> Self {
        Message { life: self.life + 1, receives: 0, visible_at: 0, ..self }
    }
}

/// A receive of a message: its body, its life and the number of the receive.
pub(super) type Receipt = (String, u32, u32);

/// Both queues, each in order: the source first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
    now: u64,
    max_receives: u32,
    queues: [Vec<Message>; 2],
}

impl Model {
    pub(super) fn new(max_receives: u32) -> Self {
        Model { max_receives, ..Model::default() }
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now += seconds;
    }

    pub(super) fn send(&mut self, body: &str, group: u8) {
        let body = body.to_owned();
        self.queues[0].push(Message { body, group, life: 0, visible_at: 0, receives: 0 });
    }

    fn is_held(&self, message: &Message) -> bool {
        message.visible_at > self.now
    }

    /// The groups of which nobody has a message, the one with the oldest message first.
    fn open_groups(&self, queue: usize) -> Vec<u8> {
        let all = &self.queues[queue];
        let is_locked = |group| all.iter().any(|m| m.group == group && self.is_held(m));
        let mut groups = Vec::new();
        for message in all {
            if !groups.contains(&message.group) && !is_locked(message.group) {
                groups.push(message.group);
            }
        }
        groups
    }

    /// What a receive gets. Of a group whose first message is a dead letter, the dead letters at its head go,
    /// and the rest waits.
    pub(super) fn receive(&mut self, queue: usize, most: usize, visibility: u64) -> Vec<Receipt> {
        let (mut got, mut dead) = (Vec::new(), Vec::new());
        for group in self.open_groups(queue) {
            let mut is_dying = None;
            for index in 0..self.queues[queue].len() {
                if self.queues[queue][index].group != group {
                    continue;
                }
                let message = &mut self.queues[queue][index];
                let is_dead = queue == 0 && message.receives >= self.max_receives;
                if got.len() == most || *is_dying.get_or_insert(is_dead) != is_dead {
                    break;
                }
                if is_dead {
                    dead.push(message.clone());
                } else {
                    message.receives += 1;
                    message.visible_at = self.now + visibility;
                    got.push((message.body.clone(), message.life, message.receives));
                }
            }
        }
        self.queues[queue].retain(|message| !dead.contains(message));
        self.queues[1].extend(dead.into_iter().map(Message::crossed));
        got
    }

    /// A move task takes what is not behind a message that somebody has.
    pub(super) fn move_back(&mut self) {
        let open = self.open_groups(1);
        let (back, rest) =
            self.queues[1].drain(..).partition::<Vec<_>, _>(|m| open.contains(&m.group));
        self.queues[1] = rest;
        self.queues[0].extend(back.into_iter().map(Message::crossed));
    }

    /// The handle of a receive is shown to delete the message; answers whether it is taken.
    pub(super) fn delete(&mut self, queue: usize, (body, life, receive): &Receipt) -> bool {
        let is_meant = |m: &Message| m.body == *body && m.life == *life;
        let Some(index) = self.queues[queue].iter().position(is_meant) else { return true };
        let message = &self.queues[queue][index];
        let is_valid = message.receives == *receive && self.is_held(message);
        if is_valid {
            self.queues[queue].remove(index);
        }
        is_valid
    }

    /// Which life a message with this body is in.
    pub(super) fn life(&self, queue: usize, body: &str) -> Option<u32> {
        self.queues[queue].iter().find(|message| message.body == body).map(|message| message.life)
    }

    /// Visible and in flight.
    pub(super) fn counts(&self, queue: usize) -> [usize; 2] {
        let held = self.queues[queue].iter().filter(|message| self.is_held(message)).count();
        [self.queues[queue].len() - held, held]
    }
}
