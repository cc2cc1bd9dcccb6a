//! One file an operation, named after it: it checks the input, decides in the queue's lane, and words the
//! answer.

pub(crate) mod change_message_visibility;
pub(crate) mod create_queue;
pub(crate) mod delete_message;
pub(crate) mod delete_queue;
pub(crate) mod get_queue_attributes;
pub(crate) mod get_queue_url;
pub(crate) mod list_queues;
pub(crate) mod receive_message;
pub(crate) mod send_message;
