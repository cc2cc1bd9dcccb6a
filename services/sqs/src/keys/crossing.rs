//! The rows of what crosses between queues.

use bytes::Bytes;
use prost::Message;

/// What leaves a queue for others.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct CrossingRow {
    /// The last number that a leaving message was given.
    #[prost(uint64, tag = "1")]
    pub(crate) last_number: u64,
    /// When the next relay is due; none while nothing leaves.
    #[prost(uint64, optional, tag = "2")]
    pub(crate) relay_ms: Option<u64>,
}

/// What has come from another queue.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct StreamRow {
    /// The highest number that was taken.
    #[prost(uint64, tag = "1")]
    pub(crate) highest: u64,
}

/// The newest move tasks of a queue, the oldest first.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct TasksRow {
    #[prost(message, repeated, tag = "1")]
    pub(crate) tasks: Vec<TaskRow>,
}

/// A move task.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct TaskRow {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) id: Bytes,
    #[prost(uint64, tag = "2")]
    pub(crate) started_ms: u64,
    #[prost(string, optional, tag = "3")]
    pub(crate) to: Option<String>,
    /// Messages a second.
    #[prost(uint32, optional, tag = "4")]
    pub(crate) rate: Option<u32>,
    /// Messages from this position on stay.
    #[prost(uint64, tag = "5")]
    pub(crate) below: u64,
    #[prost(uint64, tag = "6")]
    pub(crate) to_move: u64,
    #[prost(uint64, tag = "7")]
    pub(crate) moved: u64,
    /// As [`crate::model::tasks::State`] numbers it.
    #[prost(uint32, tag = "8")]
    pub(crate) state: u32,
    /// Why it has failed, if it has.
    #[prost(string, optional, tag = "9")]
    pub(crate) failure: Option<String>,
    /// When its next step is due.
    #[prost(uint64, optional, tag = "10")]
    pub(crate) due_ms: Option<u64>,
    /// When it made its last step.
    #[prost(uint64, tag = "11")]
    pub(crate) stepped_ms: u64,
}
