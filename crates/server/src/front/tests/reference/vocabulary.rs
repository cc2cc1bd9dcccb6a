//! The words of the API that histories, client and model have in common.

/// Milliseconds since 1970.
pub(super) type Millis = u64;
/// What a caller is told, or why nothing was done.
pub(super) type Answer<T> = Result<T, Refusal>;
/// Whether what the program did is allowed; if not, why.
pub(super) type Verdict = Result<(), String>;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
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

/// What a sender gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Send {
    pub(super) body: String,
    /// `MessageGroupId`.
    pub(super) group: Option<String>,
    /// `MessageDeduplicationId`.
    pub(super) deduplication_id: Option<String>,
    pub(super) delay_seconds: Option<u64>,
    /// The value of a message attribute.
    pub(super) attribute: Option<String>,
}

/// What a sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) id: String,
    /// `SequenceNumber`.
    pub(super) sequence: Option<String>,
}

/// What a receiver asks for.
#[derive(Clone, Debug)]
pub(super) struct Receive {
    pub(super) max_number_of_messages: usize,
    /// Seconds.
    pub(super) visibility_timeout: Option<u64>,
    /// `ReceiveRequestAttemptId`.
    pub(super) attempt: Option<u8>,
}

/// A message as its receiver reads it.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) id: String,
    pub(super) receipt_handle: String,
    /// What its sender gave, but for the delay.
    pub(super) send: Send,
    /// `SequenceNumber`.
    pub(super) sequence: Option<String>,
    /// `SentTimestamp`.
    pub(super) sent: Millis,
    /// `ApproximateFirstReceiveTimestamp`.
    pub(super) first_received: Millis,
    /// `ApproximateReceiveCount`.
    pub(super) receives: u32,
    /// `DeadLetterQueueSourceArn`, as the queue's number.
    pub(super) source: Option<usize>,
}
