//! Amazon SQS.
//!
//! **What AWS promises.** A message that was accepted is delivered at least once, until it is deleted or
//! its retention is over; while it is in flight nobody else receives it.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html>
//!
//! **How it is kept.** A queue is a lane named by its ARN. Messages are a log: a position never changes and
//! is never used twice. A message that was never received and is not delayed has no state but its
//! place at or after the *cursor*; each other one is *tracked* by a row of its own. So a send writes one
//! record, a receive one small row a message, and neither looks at the rest of the backlog, of which
//! memory holds a bounded *window*. What time changes (a visibility timeout, a delay) writes nothing:
//! it follows from the rows and the clock. A purge raises head and cursor to the tail, in one small commit;
//! the records and rows below are dead from then on and go later, piece by piece.
//!
//! **Crossing.** A dead letter, or a message that a move task takes, is *leaving*: it stays tracked, under a
//! number, until the other queue's door (`port`) has taken it durably; the relay (`relay`) brings it there.
//! A FIFO queue has the same log and the same rows; an index of its first messages by group is in memory
//! ([`model::fifo`]). What was sent to it in the last five minutes has a row of its own.
//!
//! **Invariants.** `cursor <= tail`; a tracked message is either hidden (in flight or delayed, until a known
//! time), visible or leaving; a lane loaded from its rows equals the one that wrote them.
//!
//! **Known deviations** stand in the README, each with its reason.

mod due;
mod error;
mod keys;
mod limits;
mod model;
mod moves;
mod ops;
mod pages;
mod port;
mod relay;
mod reset;
mod target;
#[cfg(test)]
mod tests;
mod throttle;

use std::sync::Arc;

use base::Arn;
use runtime::due::DueHandler;
use runtime::{Call, Lanes, Node, Service};

use error::Error;
use model::QueueLane;

/// The service's state: its queues.
pub struct Sqs {
    queues: Arc<Lanes<QueueLane>>,
    throttle: throttle::Throttle,
}

/// The service with all that it can do. Operations that the model knows and this list lacks are refused
/// by name.
pub fn service(node: &Arc<Node>) -> (Service<Sqs>, Arc<dyn DueHandler>) {
    use api::sqs::operations::*;
    let sqs = Sqs::new(node);
    let due: Arc<dyn DueHandler> = sqs.clone();
    let service = Service::new(&api::sqs::MODEL, sqs, error::refuse)
        .operation::<AddPermission, _>(ops::add_permission::run)
        .operation::<CancelMessageMoveTask, _>(ops::cancel_message_move_task::run)
        .operation::<ChangeMessageVisibility, _>(ops::change_message_visibility::run)
        .operation::<ChangeMessageVisibilityBatch, _>(ops::change_message_visibility_batch::run)
        .operation::<CreateQueue, _>(ops::create_queue::run)
        .operation::<DeleteMessage, _>(ops::delete_message::run)
        .operation::<DeleteMessageBatch, _>(ops::delete_message_batch::run)
        .operation::<DeleteQueue, _>(ops::delete_queue::run)
        .operation::<GetQueueAttributes, _>(ops::get_queue_attributes::run)
        .operation::<GetQueueUrl, _>(ops::get_queue_url::run)
        .operation::<ListDeadLetterSourceQueues, _>(ops::list_dead_letter_source_queues::run)
        .operation::<ListMessageMoveTasks, _>(ops::list_message_move_tasks::run)
        .operation::<ListQueueTags, _>(ops::list_queue_tags::run)
        .operation::<ListQueues, _>(ops::list_queues::run)
        .operation::<PurgeQueue, _>(ops::purge_queue::run)
        .operation::<ReceiveMessage, _>(ops::receive_message::run)
        .operation::<RemovePermission, _>(ops::remove_permission::run)
        .operation::<SendMessage, _>(ops::send_message::run)
        .operation::<SendMessageBatch, _>(ops::send_message_batch::run)
        .operation::<SetQueueAttributes, _>(ops::set_queue_attributes::run)
        .operation::<StartMessageMoveTask, _>(ops::start_message_move_task::run)
        .operation::<TagQueue, _>(ops::tag_queue::run)
        .operation::<UntagQueue, _>(ops::untag_queue::run)
        .remark("Policy, AddPermission: stored and shown; requests are not authorized yet")
        .remark(
            "KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, SqsManagedSseEnabled: stored and shown; \
             data is not encrypted at rest yet",
        )
        .page("queues", pages::queues)
        .reset(reset::run);
    (service, due)
}

impl Sqs {
    fn new(node: &Arc<Node>) -> Arc<Self> {
        let sqs = Arc::new(Sqs { queues: Lanes::new(node), throttle: Default::default() });
        node.targets().add("sqs", &sqs);
        sqs
    }

    /// The ARN of the queue that a `QueueUrl` names.
    fn queue(&self, call: &Call, queue_url: &str) -> Result<Arn, Error> {
        model::name::arn_of_url(&call.caller, queue_url)
    }
}
