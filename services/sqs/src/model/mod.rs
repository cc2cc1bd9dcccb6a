//! Queues and messages, and their legal changes.

pub(crate) mod attributes;
pub(crate) mod backlog;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod checksum;
pub(crate) mod crossing;
mod encryption;
pub(crate) mod fifo;
mod lane;
pub(crate) mod leaving;
pub(crate) mod message;
pub(crate) mod message_attributes;
mod messages;
mod messages_crossing;
pub(crate) mod name;
pub(crate) mod need;
pub(crate) mod policy;
pub(crate) mod purge;
pub(crate) mod queue;
mod read;
pub(crate) mod receipt;
pub(crate) mod redrive;
mod rows;
mod rows_crossing;
pub(crate) mod tags;
pub(crate) mod tasks;
#[cfg(test)]
pub(crate) mod testing;
mod values;

pub(crate) use attributes::Attributes;
pub(crate) use change::Change;
pub(crate) use lane::QueueLane;
pub(crate) use message::Message;
pub(crate) use messages::Messages;
pub(crate) use queue::Queue;
