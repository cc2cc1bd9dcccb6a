//! What queues of Amazon SQS are, as simply as it can be said: a specification that can be run.
//!
//! It shares no code with the service. Time is a number, a queue is a list of messages in the order of their
//! arrival, and every rule is a search through that list. Where SQS leaves something open (which of the
//! visible messages a receive gets), the model is told what happened and judges whether that is allowed;
//! where SQS is exact (a FIFO queue within a group, the counts, who is refused), so is the model.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html>

mod attempts;
mod receive;
mod redrive;
mod send;
mod visibility;

pub(super) use receive::{Receipt, Receive, Received};
pub(super) use send::{Send, Sent};

/// Milliseconds since 1970.
pub(super) type Millis = u64;
/// Whether what the service did is allowed; if not, why.
pub(super) type Verdict = Result<(), String>;
/// What a caller is told, or why nothing was done.
pub(super) type Answer<T> = Result<T, Refusal>;

/// How long a deduplication id and a receive request attempt id count.
const FIVE_MINUTES: Millis = 300_000;

/// Why an operation is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    MissingParameter,
    InvalidParameterValue,
    ReceiptHandleIsInvalid,
    MessageNotInflight,
    /// Nothing of which the model knows.
    Other(String),
}

/// The type of a queue: it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Standard,
    Fifo,
}

/// An attribute of a queue and its value; times are seconds.
#[derive(Clone, Debug)]
pub(super) enum Setting {
    VisibilityTimeout(u64),
    DelaySeconds(u64),
    MessageRetentionPeriod(u64),
    ContentBasedDeduplication(bool),
    /// `DeduplicationScope`: whether ids count within their group only.
    DeduplicationWithinGroups(bool),
    /// `RedrivePolicy` with this `maxReceiveCount`, or none.
    RedrivePolicy(Option<u32>),
}

/// All queues of a world, by number. The last one is where redrive policies lead.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) now: Millis,
    pub(super) queues: Vec<Queue>,
    /// How many messages and queues there have been: it tells them apart.
    born: u64,
}

/// A queue.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    pub(super) kind: Kind,
    /// Which queue of this name it is: a receipt handle is of use in its own queue only.
    life: u64,
    visibility_timeout: Millis,
    delay: Millis,
    retention: Millis,
    content_based: bool,
    within_groups: bool,
    pub(super) max_receive_count: Option<u32>,
    /// In the order of their arrival.
    messages: Vec<Message>,
    /// What was sent to a FIFO queue in the last five minutes.
    seen: Vec<send::Seen>,
    attempts: Vec<attempts::Attempt>,
}

/// A message in a queue.
#[derive(Clone, Debug)]
pub(super) struct Message {
    serial: u64,
    /// `MessageId`; not known of a message that was moved until somebody has received it.
    pub(super) id: Option<String>,
    /// `SequenceNumber`, if it is known.
    sequence: Option<String>,
    send: Send,
    /// When it was sent: its retention counts from here.
    sent: Millis,
    /// In a FIFO queue: whether the queue delayed what was sent when it was sent.
    was_delayed: bool,
    /// Before that nobody receives it.
    visible_at: Millis,
    receives: u32,
    first_received: Millis,
    received: Millis,
    /// Whether its visibility was changed since it was received.
    was_changed: bool,
    /// The queue that it was a dead letter of.
    source: Option<usize>,
}

impl Message {
    fn is_hidden(&self, now: Millis) -> bool {
        self.visible_at > now
    }

    /// Somebody has received it, and has time left.
    fn is_in_flight(&self, now: Millis) -> bool {
        self.receives > 0 && self.is_hidden(now)
    }

    fn is_delayed(&self, now: Millis) -> bool {
        self.receives == 0 && self.is_hidden(now)
    }
}

impl Model {
    /// A world of so many empty queues of one kind.
    pub(super) fn new(now: Millis, kind: Kind, queues: usize) -> Self {
        let mut model = Model { now, queues: Vec::new(), born: 0 };
        for _ in 0..queues {
            let queue = Queue::new(kind, model.birth());
            model.queues.push(queue);
        }
        model
    }

    fn birth(&mut self) -> u64 {
        self.born += 1;
        self.born
    }

    /// Time passes. What is older than the retention of its queue is gone, in flight or not.
    pub(super) fn pass(&mut self, by: Millis) {
        self.now += by;
        self.expire();
    }

    fn expire(&mut self) {
        let now = self.now;
        for queue in &mut self.queues {
            let retention = queue.retention;
            queue.messages.retain(|message| message.sent + retention > now);
        }
    }

    /// The moments ahead at which time alone changes something.
    pub(super) fn moments(&self) -> Vec<Millis> {
        let of = |queue: &Queue| {
            let messages = queue.messages.iter();
            let mut moments: Vec<_> =
                messages.flat_map(|m| [m.visible_at, m.sent + queue.retention]).collect();
            moments.extend(queue.seen.iter().map(|seen| seen.until));
            moments.extend(queue.attempts.iter().map(|attempt| attempt.at + FIVE_MINUTES));
            moments
        };
        let mut moments: Vec<_> = self.queues.iter().flat_map(of).collect();
        moments.retain(|moment| *moment > self.now);
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// SetQueueAttributes. A delay counts for what is sent from now on; in a FIFO queue also for what is
    /// there and was never received. (Known deviation: not for what was sent while there was no delay.)
    pub(super) fn set(&mut self, queue: usize, setting: &Setting) {
        let queue = &mut self.queues[queue];
        match *setting {
            Setting::VisibilityTimeout(seconds) => queue.visibility_timeout = seconds * 1000,
            Setting::MessageRetentionPeriod(seconds) => queue.retention = seconds * 1000,
            Setting::ContentBasedDeduplication(is_on) => queue.content_based = is_on,
            Setting::DeduplicationWithinGroups(is_on) => queue.within_groups = is_on,
            Setting::RedrivePolicy(max_receive_count) => {
                queue.max_receive_count = max_receive_count
            }
            Setting::DelaySeconds(seconds) => {
                queue.delay = seconds * 1000;
                let is_fifo = queue.kind == Kind::Fifo;
                let waiting = queue.messages.iter_mut().filter(|m| is_fifo && m.receives == 0);
                for message in waiting.filter(|m| m.was_delayed) {
                    message.visible_at = message.sent + queue.delay;
                }
            }
        }
        self.expire();
    }

    /// PurgeQueue: all messages are gone, also those in flight. What is a duplicate stays one.
    pub(super) fn purge(&mut self, queue: usize) {
        self.queues[queue].messages.clear();
    }

    /// DeleteQueue, and CreateQueue with the same name: nothing of the former queue is left.
    pub(super) fn recreate(&mut self, queue: usize) {
        let life = self.birth();
        self.queues[queue] = Queue::new(self.queues[queue].kind, life);
    }

    /// `ApproximateNumberOfMessages`, `…NotVisible` and `…Delayed`; here they are exact.
    pub(super) fn counts(&self, queue: usize) -> [usize; 3] {
        let count = |is_one: &dyn Fn(&Message) -> bool| {
            self.queues[queue].messages.iter().filter(|message| is_one(message)).count()
        };
        [
            count(&|message| !message.is_hidden(self.now)),
            count(&|message| message.is_in_flight(self.now)),
            count(&|message| message.is_delayed(self.now)),
        ]
    }
}

impl Queue {
    fn new(kind: Kind, life: u64) -> Self {
        Queue {
            kind,
            life,
            visibility_timeout: 30_000,
            delay: 0,
            retention: 4 * 24 * 3_600_000,
            content_based: false,
            within_groups: false,
            max_receive_count: None,
            messages: Vec::new(),
            seen: Vec::new(),
            attempts: Vec::new(),
        }
    }

    /// The sequence numbers of a FIFO queue rise in the order of arrival.
    fn judge_order(&self) -> Verdict {
        let known: Vec<_> = self.messages.iter().filter_map(|m| m.sequence.as_ref()).collect();
        ensure(known.is_sorted_by(|a, b| a < b), || format!("sequence numbers: {known:?}"))
    }
}

/// Says what is wrong unless it is right.
fn ensure(is_right: bool, what: impl FnOnce() -> String) -> Verdict {
    if is_right { Ok(()) } else { Err(what()) }
}

/// Says what differs.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Verdict {
    ensure(got == expected, || format!("{what}: {got:?} instead of {expected:?}"))
}
