//! Queues and messages, and their legal changes.

pub(crate) mod attributes;
pub(crate) mod backlog;
pub(crate) mod checksum;
pub(crate) mod message;
pub(crate) mod message_attributes;
pub(crate) mod name;
pub(crate) mod queue;
pub(crate) mod receipt;
mod rows;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use attributes::Attributes;
pub(crate) use message::Message;
pub(crate) use queue::{Change, Queue, QueueLane};
