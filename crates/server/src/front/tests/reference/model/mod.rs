//! What the queues of Amazon SQS are, as simply as it can be said: a specification that can be run.
//!
//! Time is a number, a queue is a list of messages in the order of their arrival, every rule is a search
//! through that list. Where SQS leaves something open (which of the visible messages a receive gets) the model
//! is told what happened and judges whether that is allowed; where SQS is exact (order within a group, counts,
//! who is refused), so is the model. It shares no code with the service.

mod arrivals;
mod handles;
mod receive;

use super::vocabulary::*;

/// How long a deduplication id counts, and a receive request attempt id.
pub(super) const FIVE_MINUTES: Millis = 300_000;
/// No message is in flight for longer than this after it was received.
const TWELVE_HOURS: Millis = 12 * 3_600_000;

/// All queues, by number. The last one is where redrive policies lead.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) now: Millis,
    pub(super) queues: Vec<Queue>,
    /// How many messages and queues there have been: it tells them apart.
    born: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    pub(super) kind: Kind,
    /// Which queue of this name it is: a receipt handle is of use in its own queue only.
    life: u64,
    visibility_timeout: Millis,
    delay: Millis,
    pub(super) retention: Millis,
    content_based_deduplication: bool,
    deduplication_within_groups: bool,
    max_receive_count: Option<u32>,
    /// In the order of their arrival.
    pub(super) messages: Vec<Message>,
    /// What a FIFO queue has taken: a message with the same key is a duplicate until then.
    pub(super) seen: Vec<(arrivals::Key, Sent, Millis)>,
    /// Receives with an attempt id: when they were, and what they got.
    pub(super) attempts: Vec<(u8, Millis, Vec<Receipt>)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    serial: u64,
    /// Neither is known of a message that was moved, until somebody has received it.
    pub(super) id: Option<String>,
    sequence: Option<String>,
    send: Send,
    /// Its retention counts from here.
    pub(super) sent: Millis,
    /// Whether its queue delayed all messages when it was sent.
    was_delayed: bool,
    /// Before that nobody receives it.
    pub(super) visible_at: Millis,
    receives: u32,
    first_received: Millis,
    received: Millis,
    /// Whether its visibility was changed since it was received.
    was_changed: bool,
    /// The queue that it was a dead letter of.
    source: Option<usize>,
}

/// What a receipt handle stands for: a receive of a message of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    life: u64,
    serial: u64,
    receive: u32,
}

impl Message {
    fn is_visible(&self, now: Millis) -> bool {
        self.visible_at <= now
    }

    /// Somebody has received it and has time left.
    fn is_in_flight(&self, now: Millis) -> bool {
        self.receives > 0 && !self.is_visible(now)
    }

    fn is_delayed(&self, now: Millis) -> bool {
        self.receives == 0 && !self.is_visible(now)
    }
}

impl Model {
    /// So many empty queues of one kind.
    pub(super) fn new(now: Millis, kind: Kind, queues: usize) -> Self {
        let queues: Vec<_> = (0..queues).map(|life| Queue::new(kind, life as u64)).collect();
        Model { now, born: queues.len() as u64, queues }
    }

    /// Time passes. What is as old as the retention of its queue is gone, in flight or not.
    pub(super) fn pass(&mut self, by: Millis) {
        self.now += by;
        for queue in &mut self.queues {
            queue.messages.retain(|message| message.sent + queue.retention > self.now);
        }
    }

    /// SetQueueAttributes. A delay counts for what is sent from now on; in a FIFO queue also for what waits
    /// there (known deviation: unless it was sent while there was no delay).
    pub(super) fn set(&mut self, queue: usize, setting: &Setting) {
        let queue = &mut self.queues[queue];
        match *setting {
            Setting::VisibilityTimeout(seconds) => queue.visibility_timeout = seconds * 1000,
            Setting::MessageRetentionPeriod(seconds) => queue.retention = seconds * 1000,
            Setting::ContentBasedDeduplication(is_on) => queue.content_based_deduplication = is_on,
            Setting::DeduplicationWithinGroups(is_on) => queue.deduplication_within_groups = is_on,
            Setting::RedrivePolicy(most) => queue.max_receive_count = most,
            Setting::DelaySeconds(seconds) => {
                queue.delay = seconds * 1000;
                let is_fifo = queue.kind == Kind::Fifo;
                let waits = |m: &&mut Message| is_fifo && m.receives == 0 && m.was_delayed;
                for message in queue.messages.iter_mut().filter(waits) {
                    message.visible_at = message.sent + queue.delay;
                }
            }
        }
        self.pass(0);
    }

    /// PurgeQueue: all messages are gone, also those in flight. What was a duplicate is still one.
    pub(super) fn purge(&mut self, queue: usize) {
        self.queues[queue].messages.clear();
    }

    /// DeleteQueue, and CreateQueue with the same name: nothing of the former queue is left.
    pub(super) fn recreate(&mut self, queue: usize) {
        self.born += 1;
        self.queues[queue] = Queue::new(self.queues[queue].kind, self.born);
    }

    /// `ApproximateNumberOfMessages`, `…NotVisible` and `…Delayed`; here they are exact.
    pub(super) fn counts(&self, queue: usize) -> [usize; 3] {
        let count = |is_one: fn(&Message, Millis) -> bool| {
            self.queues[queue].messages.iter().filter(|message| is_one(message, self.now)).count()
        };
        [count(Message::is_visible), count(Message::is_in_flight), count(Message::is_delayed)]
    }
}

impl Queue {
    fn new(kind: Kind, life: u64) -> Self {
        let retention = 4 * 24 * 3_600_000;
        Queue { kind, life, visibility_timeout: 30_000, retention, ..Queue::default() }
    }

    fn message(&self, receipt: Receipt) -> Option<&Message> {
        self.messages.iter().find(|message| message.serial == receipt.serial)
    }
}

/// Says what differs.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Verdict {
    let is_same = (got == expected).then_some(());
    is_same.ok_or_else(|| format!("{what}: {got:?} instead of {expected:?}"))
}
