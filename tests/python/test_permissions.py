"""AddPermission and RemovePermission: statements of a queue's policy."""

import json

import pytest
from support.clients import speaks_query
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


ALICE, BOB = "111122223333", "444455556666"


def allow(queue, label, accounts=(ALICE,), actions=("SendMessage",)):
    queue.sqs.add_permission(
        QueueUrl=queue.url, Label=label, AWSAccountIds=list(accounts), Actions=list(actions)
    )


def revoke(queue, label):
    queue.sqs.remove_permission(QueueUrl=queue.url, Label=label)


def policy(queue):
    return json.loads(queue.attributes("Policy").get("Policy", "null"))


def test_the_first_permission_makes_a_policy(queue, account):
    allow(queue, "alice")
    arn = f"arn:aws:sqs:us-east-1:{account}:q"
    assert policy(queue) == {
        "Version": "2012-10-17",
        "Id": f"{arn}/SQSDefaultPolicy",
        "Statement": [{
            "Sid": "alice",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ALICE}:root"},
            "Action": "SQS:SendMessage",
            "Resource": arn,
        }],
    }


def test_several_accounts_and_actions_share_a_statement(queue):
    allow(queue, "both", [ALICE, BOB], ["SendMessage", "ReceiveMessage"])
    [statement] = policy(queue)["Statement"]
    assert statement["Action"] == ["SQS:SendMessage", "SQS:ReceiveMessage"]
    assert statement["Principal"]["AWS"] == [
        f"arn:aws:iam::{ALICE}:root", f"arn:aws:iam::{BOB}:root",
    ]


def test_permissions_are_removed_by_their_label(queue):
    allow(queue, "alice")
    allow(queue, "bob", [BOB])
    revoke(queue, "alice")
    assert [each["Sid"] for each in policy(queue)["Statement"]] == ["bob"]
    revoke(queue, "bob")
    assert policy(queue) is None


def test_a_label_is_there_once(queue):
    allow(queue, "alice")
    with refused(
        "InvalidParameterValue", "Value alice for parameter Label is invalid. Reason: Already exists."
    ):
        allow(queue, "alice", [BOB])


def test_a_label_that_is_not_there_cannot_be_removed(queue):
    with refused(
        "InvalidParameterValue",
        "Value alice for parameter Label is invalid. "
        "Reason: can't find label on existing policy.",
    ):
        revoke(queue, "alice")


@pytest.mark.parametrize("action, reason", [
    ("DeleteQueue", "Only the queue owner is allowed to invoke this action."),
    ("SendMessageBatch", "Please refer to the appropriate WSDL for a list of valid actions."),
    ("sendmessage", "Please refer to the appropriate WSDL for a list of valid actions."),
])
def test_some_actions_cannot_be_shared(queue, action, reason):
    with refused(
        "InvalidParameterValue",
        f"Value SQS:{action} for parameter ActionName is invalid. Reason: {reason}",
    ):
        allow(queue, "alice", actions=[action])


def test_a_statement_has_at_most_seven_actions(queue):
    actions = [
        "ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl",
        "ListDeadLetterSourceQueues", "PurgeQueue", "ReceiveMessage", "SendMessage",
    ]
    allow(queue, "seven", actions=actions[:7])
    with refused(
        "OverLimit",
        "8 actions were found in a statement from the submitted policy, max allowed is 7",
        403 if speaks_query() else 400,
    ):
        allow(queue, "eight", actions=actions)


def test_a_queue_that_is_not_there_has_no_permissions(sqs):
    queue = Queue(sqs)
    queue.url += "-not"
    with refused(*NO_SUCH_QUEUE):
        allow(queue, "alice")
    with refused(*NO_SUCH_QUEUE):
        revoke(queue, "alice")
