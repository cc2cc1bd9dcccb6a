"""AWS's quotas of FIFO queues, where they are asked for."""

import pytest
from support.clients import client, speaks_query
from support.queue import Queue
from support.refused import refused


@pytest.fixture
def limited(start, account):
    """A client of a server with AWS's quotas and a clock that stands still."""
    return client(start("--memory", "--clock", "manual", "--limits", "aws"), account)


def entries(group):
    return [{"Id": "a", "MessageBody": "x", "MessageGroupId": group}]


def throttled():
    return refused("RequestThrottled", "Request is throttled.", 403 if speaks_query() else 400)


def test_a_fifo_queue_takes_three_hundred_transactions_of_an_action_a_second(limited):
    given = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    queue = Queue(limited, "q.fifo", given)
    for _ in range(300):
        queue.send("x", MessageGroupId="g")
    with throttled():
        queue.send("x", MessageGroupId="h")
    with throttled():
        limited.send_message_batch(QueueUrl=queue.url, Entries=entries("h"))
    queue.delete(queue.receive_one())


def test_where_the_quota_is_per_group_groups_do_not_share_it(limited):
    given = {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "true",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }
    queue = Queue(limited, "q.fifo", given)
    for _ in range(300):
        queue.send("x", MessageGroupId="g")
    with throttled():
        queue.send("x", MessageGroupId="g")
    queue.send("x", MessageGroupId="h")


def test_a_standard_queue_has_no_such_quota(limited):
    queue = Queue(limited)
    for _ in range(301):
        queue.send("x")
