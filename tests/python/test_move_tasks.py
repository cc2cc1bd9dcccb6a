"""Message move tasks: dead letters on their way back, or to another queue."""

import base64
import json
import uuid

import pytest
from support.clients import speaks_query
from support.queue import Queue
from support.refused import refused


NOT_FOUND = 404 if speaks_query() else 400


def arn(queue):
    return queue.attributes("QueueArn")["QueueArn"]


@pytest.fixture
def dead(timed_sqs):
    return Queue(timed_sqs, "dead")


@pytest.fixture
def source(timed_server, timed_sqs, dead):
    """A queue of which the dead-letter queue has five messages."""
    policy = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1})
    queue = Queue(timed_sqs, "source", {"RedrivePolicy": policy})
    for number in range(5):
        queue.send(f"m{number}")
    queue.receive(VisibilityTimeout=0)
    queue.receive(VisibilityTimeout=0)
    timed_server.advance(1)
    assert dead.counts() == (5, 0, 0)
    return queue


def start(queue, **more):
    return queue.sqs.start_message_move_task(SourceArn=arn(queue), **more)["TaskHandle"]


def tasks(queue, **more):
    return queue.sqs.list_message_move_tasks(SourceArn=arn(queue), **more).get("Results", [])


def test_messages_go_back_to_where_they_came_from(timed_server, source, dead):
    handle = start(dead)
    timed_server.advance(1)
    assert source.counts() == (5, 0, 0)
    assert dead.counts() == (0, 0, 0)
    task = tasks(dead)[0]
    assert task["Status"] == "COMPLETED"
    assert task["SourceArn"] == arn(dead)
    assert task["ApproximateNumberOfMessagesMoved"] == 5
    assert task["ApproximateNumberOfMessagesToMove"] == 5
    assert not {"TaskHandle", "DestinationArn", "MaxNumberOfMessagesPerSecond"} & task.keys()
    plain = json.loads(base64.b64decode(handle))
    assert plain["sourceArn"] == arn(dead) and uuid.UUID(plain["taskId"])


def test_messages_go_to_a_queue_of_the_callers_choice_as_new_ones(timed_server, source, dead):
    other = Queue(dead.sqs, "other")
    before = {m["MessageId"] for m in dead.receive(VisibilityTimeout=0)}
    start(dead, DestinationArn=arn(other))
    timed_server.advance(1)
    assert tasks(dead)[0]["DestinationArn"] == arn(other)
    after = other.receive(AttributeNames=["All"])
    assert sorted(m["Body"] for m in after) == [f"m{number}" for number in range(5)]
    assert not before & {m["MessageId"] for m in after}
    assert "DeadLetterQueueSourceArn" not in after[0]["Attributes"]


def test_a_rate_is_kept_and_a_running_task_can_be_cancelled(timed_server, source, dead):
    handle = start(dead, MaxNumberOfMessagesPerSecond=1)
    timed_server.advance(1)
    task = tasks(dead)[0]
    assert (task["Status"], task["MaxNumberOfMessagesPerSecond"]) == ("RUNNING", 1)
    assert (task["TaskHandle"], task["ApproximateNumberOfMessagesMoved"]) == (handle, 2)
    with refused("AWS.SimpleQueueService.UnsupportedOperation"):
        start(dead)
    cancelled = dead.sqs.cancel_message_move_task(TaskHandle=handle)
    assert cancelled["ApproximateNumberOfMessagesMoved"] == 2
    timed_server.advance(10)
    assert tasks(dead)[0]["Status"] == "CANCELLED"
    assert (source.counts(), dead.counts()) == ((2, 0, 0), (3, 0, 0))
    with refused("AWS.SimpleQueueService.UnsupportedOperation"):
        dead.sqs.cancel_message_move_task(TaskHandle=handle)


def test_a_message_whose_queue_is_gone_fails_the_task(timed_server, source, dead):
    policy = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1})
    Queue(dead.sqs, "keeper", {"RedrivePolicy": policy})
    dead.sqs.delete_queue(QueueUrl=source.url)
    start(dead)
    timed_server.advance(1)
    task = tasks(dead)[0]
    assert task["Status"] == "FAILED"
    assert task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert dead.counts() == (5, 0, 0)


def test_the_newest_tasks_are_listed_first(timed_server, source, dead):
    assert tasks(dead) == []
    for _ in range(3):
        start(dead)
        timed_server.advance(5)
    assert len(tasks(dead)) == 1
    times = [task["StartedTimestamp"] for task in tasks(dead, MaxResults=10)]
    assert times == sorted(times, reverse=True)
    assert times[0] - times[2] == 10_000
    for bad in [0, 11]:
        with refused("InvalidParameterValue"):
            tasks(dead, MaxResults=bad)


def test_only_a_dead_letter_queue_can_be_moved_from(queue):
    with refused("InvalidParameterValue"):
        start(queue)


@pytest.mark.parametrize("rate", [0, 501, -1])
def test_rates_are_from_1_to_500(source, dead, rate):
    with refused("InvalidParameterValue"):
        start(dead, MaxNumberOfMessagesPerSecond=rate)


def test_queues_and_tasks_that_are_not_there_are_not_found(source, dead):
    nowhere = arn(dead) + "-not"
    with refused("ResourceNotFoundException", status=NOT_FOUND):
        start(dead, DestinationArn=nowhere)
    with refused("ResourceNotFoundException", status=NOT_FOUND):
        dead.sqs.start_message_move_task(SourceArn=nowhere)
    with refused("ResourceNotFoundException", status=NOT_FOUND):
        dead.sqs.list_message_move_tasks(SourceArn=nowhere)
    plain = json.dumps({"taskId": str(uuid.uuid4()), "sourceArn": arn(dead)})
    with refused("ResourceNotFoundException", status=NOT_FOUND):
        dead.sqs.cancel_message_move_task(
            TaskHandle=base64.b64encode(plain.encode()).decode()
        )
    with refused("InvalidParameterValue"):
        dead.sqs.cancel_message_move_task(TaskHandle="nonsense")
