//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html>

use std::sync::Arc;

use api::types::{AddPermissionOutput, AddPermissionRequest};
use base::{AccountId, Timestamp};
use policy::Permission;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::change::Defined;
use crate::model::policy::Policy;
use crate::model::{Attributes, Change, Queue, QueueLane};

/// What others than a queue's owner may be allowed to do. A batch operation goes by the permission of the
/// single one.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html>
const SHAREABLE: [&str; 9] = [
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "SendMessage",
];

/// What only a queue's owner does.
const OWNERS: [&str; 12] = [
    "AddPermission",
    "CancelMessageMoveTask",
    "CreateQueue",
    "DeleteQueue",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "ListQueues",
    "RemovePermission",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
];

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: AddPermissionRequest,
) -> Result<AddPermissionOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let permission = check(input)?;
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &permission)).await?;
    Ok(AddPermissionOutput {})
}

fn check(input: AddPermissionRequest) -> Result<Permission, Error> {
    check_label(&input.label)?;
    for (list, name) in [(&input.actions, "Actions"), (&input.aws_account_ids, "AWSAccountIds")] {
        if list.is_empty() {
            return Err(Error::MissingParameter(name.into()));
        }
    }
    input.actions.iter().try_for_each(|action| check_action(action))?;
    let accounts = input.aws_account_ids.iter().map(|account| account.parse());
    let accounts: Result<Vec<AccountId>, _> = accounts.collect();
    let accounts = accounts.map_err(|_| Error::InvalidValue {
        parameter: "PrincipalId",
        value: format!("[{}]", input.aws_account_ids.join(", ")),
        reason: "Unable to verify principal.".into(),
    })?;
    Ok(Permission { label: input.label, accounts, actions: input.actions })
}

fn check_label(label: &str) -> Result<(), Error> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=limits::LABEL).contains(&label.len()) && label.bytes().all(allowed) {
        return Ok(());
    }
    Err(Error::InvalidValue {
        parameter: "Label",
        value: label.to_owned(),
        reason:
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
                .into(),
    })
}

fn check_action(action: &str) -> Result<(), Error> {
    if SHAREABLE.contains(&action) {
        return Ok(());
    }
    let reason = if OWNERS.contains(&action) {
        "Only the queue owner is allowed to invoke this action."
    } else {
        "Please refer to the appropriate WSDL for a list of valid actions."
    };
    Err(Error::InvalidValue {
        parameter: "ActionName",
        value: format!("SQS:{action}"),
        reason: reason.into(),
    })
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    permission: &Permission,
) -> Decision<QueueLane, (), Error> {
    let defined = lane.queue().and_then(|queue| {
        let policy = Policy::allow(queue.attributes.policy.as_ref(), &lane.arn, permission)?;
        Ok(with_policy(queue, moment.now, Some(policy)))
    });
    match defined {
        Ok(defined) => Decision::grow(vec![Change::Defined(Box::new(defined))], ()),
        Err(error) => Decision::Refuse(error),
    }
}

/// A queue as it is, with another policy.
pub(super) fn with_policy(queue: &Queue, now: Timestamp, policy: Option<Policy>) -> Defined {
    let attributes = Attributes { policy, ..queue.attributes.clone() };
    Defined { modified: now, attributes, ..queue.defined() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(label: &str, account: &str, action: &str) -> String {
        let input = AddPermissionRequest {
            queue_url: "q".into(),
            label: label.into(),
            aws_account_ids: vec![account.into()],
            actions: vec![action.into()],
        };
        check(input).map_or_else(|error| error.to_string(), |_| "allowed".into())
    }

    #[test]
    fn every_action_is_somebodys() {
        let account = "111122223333";
        for action in SHAREABLE {
            assert_eq!(refused("a", account, action), "allowed", "{action}");
        }
        for operation in api::MODEL.operations.iter().map(|operation| operation.name) {
            let is_batch = operation.ends_with("Batch");
            let is_known = SHAREABLE.contains(&operation) || OWNERS.contains(&operation);
            assert!(is_known != is_batch, "{operation}");
        }
        assert_eq!(
            refused("a", account, "DeleteQueue"),
            "Value SQS:DeleteQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action."
        );
        assert_eq!(
            refused("a", account, "SendMessageBatch"),
            "Value SQS:SendMessageBatch for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a list of valid actions."
        );
    }

    #[test]
    fn labels_and_accounts_are_checked() {
        assert_eq!(refused(&"x".repeat(80), "111122223333", "*"), "allowed");
        for label in ["", "a b", "ä", &"x".repeat(81)] {
            assert!(refused(label, "111122223333", "*").contains("for parameter Label"), "{label}");
        }
        assert_eq!(
            refused("a", "alice", "*"),
            "Value [alice] for parameter PrincipalId is invalid. Reason: Unable to verify principal."
        );
    }

    #[test]
    fn a_permission_names_accounts_and_actions() {
        let empty = AddPermissionRequest { label: "a".into(), ..Default::default() };
        assert_eq!(check(empty), Err(Error::MissingParameter("Actions".into())));
    }
}
