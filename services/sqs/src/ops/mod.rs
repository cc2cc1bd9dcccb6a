//! One file an operation, named after it: it checks the input, decides in the queue's lane, and words the
//! answer. `batch` and `sending` have what several operations share; `letter` is sending without a request.

pub(crate) mod add_permission;
mod batch;
pub(crate) mod cancel_message_move_task;
pub(crate) mod change_message_visibility;
pub(crate) mod change_message_visibility_batch;
pub(crate) mod create_queue;
mod dead_letters;
pub(crate) mod delete_message;
pub(crate) mod delete_message_batch;
pub(crate) mod delete_queue;
pub(crate) mod fifo;
pub(crate) mod get_queue_attributes;
pub(crate) mod get_queue_url;
pub(crate) mod letter;
pub(crate) mod list_dead_letter_source_queues;
pub(crate) mod list_message_move_tasks;
pub(crate) mod list_queue_tags;
pub(crate) mod list_queues;
pub(crate) mod move_task;
pub(crate) mod purge_queue;
pub(crate) mod receive_message;
pub(crate) mod remove_permission;
pub(crate) mod send_message;
pub(crate) mod send_message_batch;
pub(crate) mod sending;
pub(crate) mod set_queue_attributes;
pub(crate) mod start_message_move_task;
pub(crate) mod tag_queue;
pub(crate) mod untag_queue;
