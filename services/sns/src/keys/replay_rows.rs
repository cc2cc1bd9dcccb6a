//! The rows of archives and of replays.

use prost::{Enumeration, Message};

/// The archive of a topic.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct ArchiveRow {
    /// The time from which messages are in it.
    #[prost(uint64, tag = "1")]
    pub(crate) since_ms: u64,
    /// Records from this position on are kept.
    #[prost(uint64, tag = "2")]
    pub(crate) from: u64,
    /// The time of the next sweep.
    #[prost(uint64, tag = "3")]
    pub(crate) sweep_ms: u64,
    /// The policy is gone: the next sweep ends it.
    #[prost(bool, tag = "4")]
    pub(crate) has_ended: bool,
}

/// The replay of a subscription, or what is left of the last one.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct ReplayRow {
    /// Added to positions to get the numbers of deliveries.
    #[prost(uint64, tag = "1")]
    pub(crate) base: u64,
    /// The position of the first message that was published after the replay was asked for.
    #[prost(uint64, tag = "2")]
    pub(crate) resumes: u64,
    /// Messages published from then on are wanted.
    #[prost(uint64, tag = "3")]
    pub(crate) begins_ms: u64,
    /// Messages published after this are not.
    #[prost(uint64, optional, tag = "4")]
    pub(crate) ends_ms: Option<u64>,
    #[prost(enumeration = "StageRow", tag = "5")]
    pub(crate) stage: i32,
    /// The position of the next message, while it runs; before, where the search for that begins.
    #[prost(uint64, tag = "6")]
    pub(crate) cursor: u64,
    /// The number of failed attempts to deliver it.
    #[prost(uint32, tag = "7")]
    pub(crate) attempts: u32,
    /// The time of its next step, if there is one.
    #[prost(uint64, tag = "8")]
    pub(crate) at_ms: u64,
}

/// The stage of a replay. The numbers are on disk and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Enumeration)]
#[repr(i32)]
pub(crate) enum StageRow {
    Unknown = 0,
    Pending = 1,
    Running = 2,
    Withdrawn = 3,
    Completed = 4,
    Failed = 5,
    Over = 6,
}
