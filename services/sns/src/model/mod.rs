//! Topics, subscriptions and messages, and their legal changes.

pub(crate) mod archive;
pub(crate) mod arn;
pub(crate) mod attributes;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod delivery_policy;
mod interned;
pub(crate) mod lagging;
mod lane;
pub(crate) mod message;
pub(crate) mod message_attributes;
pub(crate) mod outgoing;
pub(crate) mod policy;
pub(crate) mod read;
pub(crate) mod redrive;
pub(crate) mod relay;
pub(crate) mod replay;
pub(crate) mod replay_policy;
pub(crate) mod routes;
mod rows;
pub(crate) mod seen;
pub(crate) mod structure;
pub(crate) mod subscribers;
pub(crate) mod subscription;
pub(crate) mod subscription_attributes;
pub(crate) mod tags;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod token;
pub(crate) mod topic;

pub(crate) use attributes::Attributes;
pub(crate) use change::Change;
pub(crate) use lane::TopicLane;
pub(crate) use message::{LogEntry, Message};
pub(crate) use subscription::Subscription;
pub(crate) use topic::Topic;
