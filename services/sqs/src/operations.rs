//! What the service can do, and what its callers must be allowed for that.

use api::operations::*;
use runtime::Service;

use crate::{Sqs, access, ops};

/// Operations about queues.
pub(crate) fn about_queues(service: Service<Sqs>) -> Service<Sqs> {
    service
        .operation::<AddPermission, _>(ops::add_permission::run, |call, input| {
            access::own("sqs:AddPermission", call, &input.queue_url)
        })
        .operation::<CreateQueue, _>(ops::create_queue::run, access::create_queue)
        .operation::<DeleteQueue, _>(ops::delete_queue::run, |call, input| {
            access::own("sqs:DeleteQueue", call, &input.queue_url)
        })
        .operation::<GetQueueAttributes, _>(ops::get_queue_attributes::run, |call, input| {
            access::to("sqs:GetQueueAttributes", call, &input.queue_url)
        })
        .operation::<GetQueueUrl, _>(ops::get_queue_url::run, access::get_queue_url)
        .operation::<ListDeadLetterSourceQueues, _>(
            ops::list_dead_letter_source_queues::run,
            |call, input| access::to("sqs:ListDeadLetterSourceQueues", call, &input.queue_url),
        )
        .operation::<ListQueueTags, _>(ops::list_queue_tags::run, |call, input| {
            access::own("sqs:ListQueueTags", call, &input.queue_url)
        })
        .operation::<ListQueues, _>(ops::list_queues::run, access::list_queues)
        .operation::<RemovePermission, _>(ops::remove_permission::run, |call, input| {
            access::own("sqs:RemovePermission", call, &input.queue_url)
        })
        .operation::<SetQueueAttributes, _>(ops::set_queue_attributes::run, |call, input| {
            access::own("sqs:SetQueueAttributes", call, &input.queue_url)
        })
        .operation::<TagQueue, _>(ops::tag_queue::run, access::tag_queue)
        .operation::<UntagQueue, _>(ops::untag_queue::run, access::untag_queue)
}

/// Operations about messages.
pub(crate) fn about_messages(service: Service<Sqs>) -> Service<Sqs> {
    service
        .operation::<CancelMessageMoveTask, _>(
            ops::cancel_message_move_task::run,
            access::cancel_message_move_task,
        )
        .operation::<ChangeMessageVisibility, _>(
            ops::change_message_visibility::run,
            |call, input| access::to("sqs:ChangeMessageVisibility", call, &input.queue_url),
        )
        .operation::<ChangeMessageVisibilityBatch, _>(
            ops::change_message_visibility_batch::run,
            |call, input| access::to("sqs:ChangeMessageVisibility", call, &input.queue_url),
        )
        .operation::<DeleteMessage, _>(ops::delete_message::run, |call, input| {
            access::to("sqs:DeleteMessage", call, &input.queue_url)
        })
        .operation::<DeleteMessageBatch, _>(ops::delete_message_batch::run, |call, input| {
            access::to("sqs:DeleteMessage", call, &input.queue_url)
        })
        .operation::<ListMessageMoveTasks, _>(
            ops::list_message_move_tasks::run,
            access::list_message_move_tasks,
        )
        .operation::<PurgeQueue, _>(ops::purge_queue::run, |call, input| {
            access::to("sqs:PurgeQueue", call, &input.queue_url)
        })
        .operation::<ReceiveMessage, _>(ops::receive_message::run, |call, input| {
            access::to("sqs:ReceiveMessage", call, &input.queue_url)
        })
        .operation::<SendMessage, _>(ops::send_message::run, |call, input| {
            access::to("sqs:SendMessage", call, &input.queue_url)
        })
        .operation::<SendMessageBatch, _>(ops::send_message_batch::run, |call, input| {
            access::to("sqs:SendMessage", call, &input.queue_url)
        })
        .operation::<StartMessageMoveTask, _>(
            ops::start_message_move_task::run,
            access::start_message_move_task,
        )
}
