//! What callers must be allowed for each operation.
//!
//! A batch is allowed as the operation that it is a batch of is. Some operations are for callers of the queue's
//! own account alone, whatever its policy says.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html>

use api::types::{
    CancelMessageMoveTaskRequest, CreateQueueRequest, GetQueueUrlRequest,
    ListMessageMoveTasksRequest, ListQueuesRequest, StartMessageMoveTaskRequest, TagQueueRequest,
    UntagQueueRequest,
};
use base::Arn;
use runtime::{Access, Call};
use shape::Fault;

use crate::model::name;
use crate::ops::{get_queue_url, move_task};

type Needed = Result<Vec<Access>, Fault>;

/// An action on the queue that a URL names.
pub(crate) fn to(action: &'static str, call: &Call, queue_url: &str) -> Needed {
    Ok(vec![Access::to(action, name::arn_of_url(&call.caller, queue_url)?)])
}

/// The same, for callers of its own account alone.
pub(crate) fn own(action: &'static str, call: &Call, queue_url: &str) -> Needed {
    Ok(vec![Access::within_account(action, name::arn_of_url(&call.caller, queue_url)?)])
}

pub(crate) fn create_queue(call: &Call, input: &CreateQueueRequest) -> Needed {
    name::check(&input.queue_name)?;
    let queue = name::arn(&call.caller, &call.caller.account, &input.queue_name);
    let actions = match &input.tags {
        Some(tags) if !tags.is_empty() => &["sqs:CreateQueue", "sqs:TagQueue"][..],
        _ => &["sqs:CreateQueue"],
    };
    let access = |action: &&'static str| Access::within_account(action, queue.clone());
    let tags = || pairs(input.tags.iter().flatten());
    Ok(actions.iter().map(|action| access(action).setting_tags(tags())).collect())
}

pub(crate) fn tag_queue(call: &Call, input: &TagQueueRequest) -> Needed {
    let queue = name::arn_of_url(&call.caller, &input.queue_url)?;
    let access = Access::within_account("sqs:TagQueue", queue);
    Ok(vec![access.setting_tags(pairs(&input.tags))])
}

pub(crate) fn untag_queue(call: &Call, input: &UntagQueueRequest) -> Needed {
    let queue = name::arn_of_url(&call.caller, &input.queue_url)?;
    let access = Access::within_account("sqs:UntagQueue", queue);
    Ok(vec![access.with_tag_keys(input.tag_keys.iter().map(String::as_str))])
}

fn pairs<'t>(
    tags: impl IntoIterator<Item = (&'t String, &'t String)>,
) -> impl Iterator<Item = (&'t str, &'t str)> {
    tags.into_iter().map(|(key, value)| (key.as_str(), value.as_str()))
}

pub(crate) fn get_queue_url(call: &Call, input: &GetQueueUrlRequest) -> Needed {
    Ok(vec![Access::to("sqs:GetQueueUrl", get_queue_url::queue(call, input)?)])
}

pub(crate) fn list_queues(_: &Call, _: &ListQueuesRequest) -> Needed {
    Ok(vec![Access::in_general("sqs:ListQueues")])
}

/// A task receives and deletes where it begins, and sends where it ends; without a destination that is the queues
/// that messages came from, which the operation has to find first (`to_sources`).
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>
pub(crate) fn start_message_move_task(call: &Call, input: &StartMessageMoveTaskRequest) -> Needed {
    let source = move_task::arn(&call.caller, "SourceArn", &input.source_arn)?;
    let to = input.destination_arn.as_deref();
    let to = to.map(|to| move_task::arn(&call.caller, "DestinationArn", to)).transpose()?;
    let actions = [
        "sqs:StartMessageMoveTask",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    ];
    let mut needed = actions.map(|action| Access::within_account(action, source.clone())).to_vec();
    needed.extend(to.map(|to| Access::to("sqs:SendMessage", to)));
    Ok(needed)
}

pub(crate) fn cancel_message_move_task(
    call: &Call,
    input: &CancelMessageMoveTaskRequest,
) -> Needed {
    let (_, source) = move_task::read_handle(&call.caller, &input.task_handle)?;
    Ok(vec![Access::within_account("sqs:CancelMessageMoveTask", source)])
}

pub(crate) fn list_message_move_tasks(call: &Call, input: &ListMessageMoveTasksRequest) -> Needed {
    let source = move_task::arn(&call.caller, "SourceArn", &input.source_arn)?;
    Ok(vec![Access::within_account("sqs:ListMessageMoveTasks", source)])
}

/// What a task without a destination needs beside: to send to each queue whose dead letters it gives back.
pub(crate) fn to_sources(sources: &[Arn]) -> Vec<Access> {
    sources.iter().map(|source| Access::to("sqs:SendMessage", source.clone())).collect()
}
