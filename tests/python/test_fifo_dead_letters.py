"""Dead letters of FIFO queues, and move tasks back: order, ids, locks, and kills in the middle."""

import json

import pytest
from support.clients import client
from support.queue import Queue
from support.refused import refused


def arn(queue):
    return queue.attributes("QueueArn")["QueueArn"]


def policy(dead, count=1):
    return json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": count})


def fifo(sqs, name, **attributes):
    """A FIFO queue whose bodies are their deduplication ids, unless told otherwise."""
    given = {"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes}
    return Queue(sqs, name, given)


@pytest.fixture
def dead(timed_sqs):
    return fifo(timed_sqs, "dead.fifo")


@pytest.fixture
def source(timed_sqs, dead):
    return fifo(timed_sqs, "source.fifo", RedrivePolicy=policy(dead))


def send(queue, body, **more):
    """The first letter is the group."""
    return queue.send(body, MessageGroupId=body[0], **more)


def in_order(queue, **more):
    return [message["Body"] for message in queue.receive(**more)]


def fail(queue):
    queue.receive(VisibilityTimeout=0)


def begin(queue, **more):
    return queue.sqs.start_message_move_task(SourceArn=arn(queue), **more)["TaskHandle"]


def task(queue):
    return queue.sqs.list_message_move_tasks(SourceArn=arn(queue))["Results"][0]


def test_a_dead_letter_keeps_its_group_and_attributes_and_gets_its_id_as_deduplication_id(
    timed_server, source, dead
):
    sent = send(source, "poison", MessageDeduplicationId="given", MessageAttributes={
        "colour": {"DataType": "String", "StringValue": "red"},
    })
    before = source.receive_one(VisibilityTimeout=0, AttributeNames=["All"])["Attributes"]
    timed_server.advance(60)
    assert source.receive() == []
    timed_server.advance(1)
    message = dead.receive_one(AttributeNames=["All"], MessageAttributeNames=["All"])
    after = message["Attributes"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"]["colour"]["StringValue"] == "red"
    assert after["MessageGroupId"] == "p"
    assert after["MessageDeduplicationId"] == sent["MessageId"]
    assert after["DeadLetterQueueSourceArn"] == arn(source)
    assert after["SenderId"] == before["SenderId"]
    assert len(after["SequenceNumber"]) == 20
    assert int(after["SentTimestamp"]) >= int(before["SentTimestamp"]) + 60_000
    assert source.counts() == (0, 0, 0)


def test_retention_begins_anew_in_the_dead_letter_queue(timed_server, source, dead):
    dead.sqs.set_queue_attributes(
        QueueUrl=dead.url, Attributes={"MessageRetentionPeriod": "100"}
    )
    send(source, "a1")
    source.receive(VisibilityTimeout=90)
    timed_server.advance(90)
    fail(source)
    timed_server.advance(1)
    timed_server.advance(98)
    assert dead.counts() == (1, 0, 0)
    timed_server.advance(2)
    assert dead.counts() == (0, 0, 0)


def test_who_waits_gets_what_is_behind_a_dead_letter(source, dead):
    send(source, "a1")
    fail(source)
    send(source, "a2")
    assert in_order(source, WaitTimeSeconds=20) == ["a2"]
    assert in_order(dead) == ["a1"]


def test_dead_letters_whose_queue_is_deleted_are_the_head_again(timed_server, source, dead):
    for body in ["a1", "a2"]:
        send(source, body)
    fail(source)
    send(source, "a3")
    dead.sqs.delete_queue(QueueUrl=dead.url)
    assert source.receive() == []
    timed_server.advance(1)
    assert in_order(source) == ["a1", "a2", "a3"]


def test_queues_of_two_types_are_not_joined(timed_sqs, source, dead):
    standard = Queue(timed_sqs, "standard")
    for one, other in [(source, standard), (standard, dead)]:
        with refused("InvalidParameterValue") as caught:
            one.sqs.set_queue_attributes(
                QueueUrl=one.url, Attributes={"RedrivePolicy": policy(other)}
            )
        reason = "Dead-letter queue must be same type of queue as the source."
        assert caught.value.response["Error"]["Message"].endswith(reason)
    with refused("InvalidParameterValue"):
        begin(dead, DestinationArn=arn(standard))
    listed = dead.sqs.list_dead_letter_source_queues(QueueUrl=dead.url)
    assert listed["queueUrls"] == [source.url]


def kill_off(server, source, dead, bodies):
    for body in bodies:
        send(source, body)
    for _ in bodies:
        fail(source)
        server.advance(1)
    assert dead.counts() == (len(bodies), 0, 0)


def test_a_move_task_brings_messages_back_in_order_as_new_ones(timed_server, source, dead):
    kill_off(timed_server, source, dead, ["a1", "a2", "b1", "a3"])
    before = dead.receive(VisibilityTimeout=0, AttributeNames=["All"])
    begin(dead)
    timed_server.advance(1)
    assert (task(dead)["Status"], task(dead)["ApproximateNumberOfMessagesMoved"]) == (
        "COMPLETED", 4,
    )
    after = source.receive(AttributeNames=["All"])
    assert [message["Body"] for message in after] == ["a1", "a2", "a3", "b1"]
    assert not {m["MessageId"] for m in before} & {m["MessageId"] for m in after}
    assert "DeadLetterQueueSourceArn" not in after[0]["Attributes"]
    assert dead.counts() == (0, 0, 0)


def test_a_move_task_leaves_what_stands_behind_a_message_in_flight(timed_server, source, dead):
    kill_off(timed_server, source, dead, ["a1", "a2", "b1"])
    other = fifo(dead.sqs, "other.fifo")
    held = dead.receive_one(MaxNumberOfMessages=1)
    assert held["Body"] == "a1"
    begin(dead, DestinationArn=arn(other))
    timed_server.advance(1)
    assert in_order(other) == ["b1"]
    dead.delete(held)
    assert in_order(dead) == ["a2"]


def test_a_rate_is_kept_and_a_cancelled_task_leaves_the_rest(timed_server, source, dead):
    kill_off(timed_server, source, dead, ["a1", "a2", "a3", "a4"])
    handle = begin(dead, MaxNumberOfMessagesPerSecond=1)
    timed_server.advance(1)
    dead.sqs.cancel_message_move_task(TaskHandle=handle)
    timed_server.advance(10)
    assert task(dead)["Status"] == "CANCELLED"
    assert in_order(source) == ["a1", "a2"]
    assert in_order(dead) == ["a3", "a4"]


def test_kills_neither_lose_nor_double_nor_disorder_dead_letters(start, tmp_path, account):
    bodies = []
    for life in range(5):
        server = start("--data-dir", str(tmp_path))
        sqs = client(server, account)
        dead = fifo(sqs, "dead.fifo")
        source = fifo(sqs, "source.fifo", RedrivePolicy=policy(dead))
        new = [f"{group}{life}-{number}" for number in range(3) for group in "abc"]
        bodies += new
        for body in new:
            send(source, body)
        for _ in range(3):
            fail(source)
        server.kill()
    sqs = client(start("--data-dir", str(tmp_path)), account)
    dead, source = (Queue(sqs, f"{name}.fifo", {"FifoQueue": "true"}) for name in ["dead", "source"])
    found = []
    while len(found) < len(bodies):
        source.receive(VisibilityTimeout=0, WaitTimeSeconds=0)
        for message in dead.receive(WaitTimeSeconds=1):
            found.append(message["Body"])
            dead.delete(message)
    for group in "abc":
        of_group = [body for body in bodies if body[0] == group]
        assert [body for body in found if body[0] == group] == of_group
    assert source.receive() == dead.receive() == []
