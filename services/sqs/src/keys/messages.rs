//! The rows and records of messages.

use bytes::Bytes;
use prost::Message;

/// The state of a message that was received or delayed.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct TrackedRow {
    #[prost(uint64, tag = "1")]
    pub(crate) sent_ms: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) visible_ms: u64,
    #[prost(uint32, tag = "3")]
    pub(crate) receives: u32,
    #[prost(uint64, tag = "4")]
    pub(crate) first_received_ms: u64,
    /// When it was received last: the twelve hours count from here.
    #[prost(uint64, tag = "5")]
    pub(crate) received_ms: u64,
    /// The number under which it leaves for another queue, if it does.
    #[prost(uint64, optional, tag = "30")]
    pub(crate) leave_number: Option<u64>,
    /// The queue that takes it; none for the one that its record names as its source.
    #[prost(string, optional, tag = "31")]
    pub(crate) leave_to: Option<String>,
    /// Whether a move task sends it.
    #[prost(bool, tag = "32")]
    pub(crate) leave_by_task: bool,
    /// Until when no redrive policy sends it off.
    #[prost(uint64, tag = "33")]
    pub(crate) stays_ms: u64,
    /// What stands for its message group; 0 in standard queues.
    #[prost(fixed64, tag = "20")]
    pub(crate) group: u64,
    /// What stands for the id of the attempt that received it last, of no meaning without the next.
    #[prost(fixed64, tag = "21")]
    pub(crate) attempt: u64,
    /// How many messages that attempt got; 0 if it had no id.
    #[prost(uint32, tag = "22")]
    pub(crate) attempt_of: u32,
    /// The position of the first of these.
    #[prost(uint64, tag = "23")]
    pub(crate) attempt_first: u64,
}

/// Messages that came to a FIFO queue together.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct SeenRow {
    #[prost(message, repeated, tag = "1")]
    pub(crate) messages: Vec<SeenMessage>,
}

/// One of them; its id and what stands for its deduplication id in two halves each.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct SeenMessage {
    #[prost(fixed64, tag = "1")]
    pub(crate) key_high: u64,
    #[prost(fixed64, tag = "2")]
    pub(crate) key_low: u64,
    #[prost(fixed64, tag = "3")]
    pub(crate) id_high: u64,
    #[prost(fixed64, tag = "4")]
    pub(crate) id_low: u64,
    #[prost(uint64, tag = "5")]
    pub(crate) position: u64,
}

/// What stands in a queue's log, behind the head that [`crate::model::message`] writes.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Record {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) id: Bytes,
    #[prost(string, tag = "2")]
    pub(crate) body: String,
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) body_md5: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) attributes_md5: Bytes,
    #[prost(message, repeated, tag = "5")]
    pub(crate) attributes: Vec<AttributeRecord>,
    #[prost(string, tag = "6")]
    pub(crate) sender: String,
    #[prost(string, optional, tag = "7")]
    pub(crate) trace_header: Option<String>,
    /// The queue that it was a dead letter of.
    #[prost(string, optional, tag = "30")]
    pub(crate) source: Option<String>,
    #[prost(string, optional, tag = "20")]
    pub(crate) group_id: Option<String>,
    /// As the sender gave it: none where it follows from the body.
    #[prost(string, optional, tag = "21")]
    pub(crate) deduplication_id: Option<String>,
}

/// An attribute of a message.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct AttributeRecord {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) kind: String,
    #[prost(string, optional, tag = "3")]
    pub(crate) text: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    pub(crate) bytes: Option<Bytes>,
}
