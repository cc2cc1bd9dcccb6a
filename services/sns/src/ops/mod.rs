//! One file an operation, named after it: it checks the input, decides in the topic's lane, and words the
//! answer. `publishing`, `replaying` and `pages` have what several operations share.

pub(crate) mod add_permission;
pub(crate) mod confirm_subscription;
pub(crate) mod create_topic;
mod deduplication;
pub(crate) mod delete_topic;
pub(crate) mod get_data_protection_policy;
pub(crate) mod get_subscription_attributes;
pub(crate) mod get_topic_attributes;
pub(crate) mod list_subscriptions;
pub(crate) mod list_subscriptions_by_topic;
pub(crate) mod list_tags_for_resource;
pub(crate) mod list_topics;
pub(crate) mod mobile;
mod pages;
pub(crate) mod publish;
pub(crate) mod publish_batch;
mod publishing;
pub(crate) mod remove_permission;
mod replaying;
pub(crate) mod set_subscription_attributes;
pub(crate) mod set_topic_attributes;
pub(crate) mod sms;
pub(crate) mod subscribe;
pub(crate) mod tag_resource;
pub(crate) mod unsubscribe;
pub(crate) mod untag_resource;
