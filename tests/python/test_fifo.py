"""FIFO queues: order within groups, exactly-once sending, and what only they know."""

import hashlib

import pytest
from support.queue import Queue
from support.refused import refused

INVALID = "InvalidParameterValue"
WRONG_TYPE = "The request include parameter that is not valid for this queue type."
NO_ID = (
    "The queue should either have ContentBasedDeduplication enabled "
    "or MessageDeduplicationId provided explicitly"
)


def fifo(sqs, name="q.fifo", **attributes):
    """An empty FIFO queue whose bodies are their deduplication ids, unless told otherwise."""
    given = {"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes}
    return Queue(sqs, name, given)


@pytest.fixture
def ordered(timed_sqs):
    return fifo(timed_sqs)


def send(queue, body, group="g", **more):
    return queue.send(body, MessageGroupId=group, **more)


def in_order(queue, **more):
    return [message["Body"] for message in queue.receive(**more)]


def test_messages_of_a_group_come_in_the_order_in_which_they_were_sent(ordered):
    for number in range(25):
        send(ordered, str(number))
    received = []
    while messages := ordered.receive():
        received += [message["Body"] for message in messages]
        for message in messages:
            ordered.delete(message)
    assert received == [str(number) for number in range(25)]


def test_a_group_is_locked_while_one_of_its_messages_is_in_flight(timed_server, ordered):
    for body, group in [("a1", "a"), ("b1", "b"), ("a2", "a")]:
        send(ordered, body, group)
    first = ordered.receive_one(MaxNumberOfMessages=1)
    assert first["Body"] == "a1"
    assert in_order(ordered) == ["b1"]
    send(ordered, "a3", "a")
    assert ordered.receive() == []
    ordered.delete(first)
    assert in_order(ordered, VisibilityTimeout=5) == ["a2", "a3"]
    timed_server.advance(5)
    assert in_order(ordered) == ["a2", "a3"]


def test_the_head_made_visible_again_comes_again_first(ordered):
    for body in ["1", "2"]:
        send(ordered, body)
    ordered.change_visibility(ordered.receive_one(MaxNumberOfMessages=1), 0)
    assert in_order(ordered) == ["1", "2"]


def test_a_message_says_its_group_its_ids_and_its_place(ordered):
    first = send(ordered, "one", "group-1", MessageDeduplicationId="own!id")
    second = send(ordered, "two", "group-1")
    messages = ordered.receive(AttributeNames=["All"])
    own, hashed = (message["Attributes"] for message in messages)
    assert (own["MessageGroupId"], own["MessageDeduplicationId"]) == ("group-1", "own!id")
    assert hashed["MessageDeduplicationId"] == hashlib.sha256(b"two").hexdigest()
    assert own["SequenceNumber"] == first["SequenceNumber"]
    assert hashed["SequenceNumber"] == second["SequenceNumber"]
    assert len(first["SequenceNumber"]) == 20
    assert first["SequenceNumber"] < second["SequenceNumber"]


def test_a_standard_queues_message_has_no_sequence_number(queue):
    assert "SequenceNumber" not in queue.send()
    assert "SequenceNumber" not in queue.receive_one(AttributeNames=["All"])["Attributes"]


def test_a_duplicate_is_answered_like_the_original_for_five_minutes(timed_server, ordered):
    original = send(ordered, "one", MessageDeduplicationId="id")
    ordered.delete(ordered.receive_one())
    duplicate = send(ordered, "another", "h", MessageDeduplicationId="id")
    assert duplicate["MessageId"] == original["MessageId"]
    assert duplicate["SequenceNumber"] == original["SequenceNumber"]
    assert ordered.receive() == []
    timed_server.advance(300)
    send(ordered, "anew", MessageDeduplicationId="id")
    assert in_order(ordered) == ["anew"]


def test_attributes_do_not_count_for_the_hash_of_a_message(ordered):
    original = send(ordered, "body")
    attributes = {"Colour": {"DataType": "String", "StringValue": "red"}}
    duplicate = send(ordered, "body", MessageAttributes=attributes)
    assert duplicate["MessageId"] == original["MessageId"]


def test_duplicates_inside_one_batch_are_one_message(ordered):
    entries = [
        {"Id": str(n), "MessageBody": body, "MessageGroupId": "g"}
        for n, body in enumerate(["x", "y", "x"])
    ]
    sent = ordered.sqs.send_message_batch(QueueUrl=ordered.url, Entries=entries)["Successful"]
    ids = [entry["MessageId"] for entry in sent]
    numbers = [entry["SequenceNumber"] for entry in sent]
    assert ids[0] == ids[2] != ids[1]
    assert numbers[0] == numbers[2] < numbers[1]
    assert in_order(ordered) == ["x", "y"]


def test_an_id_may_come_in_each_group_where_that_is_the_scope(timed_sqs):
    queue = fifo(timed_sqs, DeduplicationScope="messageGroup")
    send(queue, "a", "a", MessageDeduplicationId="id")
    send(queue, "b", "b", MessageDeduplicationId="id")
    send(queue, "c", "b", MessageDeduplicationId="id")
    assert in_order(queue) == ["a", "b"]


def test_order_locks_and_ids_survive_kill_9(start, tmp_path, account):
    from support.clients import client

    data = ["--data-dir", str(tmp_path)]
    server = start(*data)
    queue = fifo(client(server, account))
    sent = [send(queue, body, group) for body, group in [("a1", "a"), ("a2", "a"), ("b1", "b")]]
    first = queue.receive_one(MaxNumberOfMessages=1)
    server.kill()
    queue = fifo(client(start(*data), account))
    assert in_order(queue) == ["b1"]
    again = send(queue, "a2", "a")
    assert again["SequenceNumber"] == sent[1]["SequenceNumber"]
    queue.delete(first)
    assert in_order(queue) == ["a2"]


def test_a_receive_can_be_tried_again(timed_server, ordered):
    for body in ["1", "2", "3"]:
        send(ordered, body)
    attempt = {"ReceiveRequestAttemptId": "try-1", "MaxNumberOfMessages": 2}
    first = ordered.receive(**attempt)
    again = ordered.receive(**attempt)
    assert [m["Body"] for m in first] == ["1", "2"]
    assert [m["ReceiptHandle"] for m in again] == [m["ReceiptHandle"] for m in first]
    ordered.delete(first[0])
    assert ordered.receive(**attempt) == []
    ordered.delete(first[1])
    assert in_order(ordered, **attempt) == ["3"]


def test_an_expired_handle_is_refused(timed_server, ordered):
    send(ordered, "x")
    message = ordered.receive_one(VisibilityTimeout=5)
    timed_server.advance(5)
    handle = message["ReceiptHandle"]
    reason = "The receipt handle has expired."
    expected = f"Value {handle} for parameter ReceiptHandle is invalid. Reason: {reason}"
    with refused(INVALID, expected):
        ordered.delete(message)
    with refused(INVALID, expected):
        ordered.change_visibility(message, 5)
    ordered.delete(ordered.receive_one())
    ordered.delete(message)


def test_the_queues_delay_works_and_a_messages_does_not(timed_server, timed_sqs):
    queue = fifo(timed_sqs, DelaySeconds="10")
    with refused(INVALID, f"Value 5 for parameter DelaySeconds is invalid. Reason: {WRONG_TYPE}"):
        send(queue, "x", DelaySeconds=5)
    send(queue, "x", DelaySeconds=0)
    assert queue.counts() == (0, 0, 1)
    assert queue.receive() == []
    timed_server.advance(10)
    assert in_order(queue) == ["x"]


def test_a_long_poll_ends_when_a_locked_group_is_free(sqs):
    queue = fifo(sqs)
    send(queue, "x")
    queue.receive_one(VisibilityTimeout=1)
    assert in_order(queue, WaitTimeSeconds=10) == ["x"]


def test_a_group_is_required_and_so_is_an_id(timed_sqs, ordered):
    missing = "The request must contain the parameter MessageGroupId."
    with refused("MissingParameter", missing):
        ordered.send("x")
    entries = [
        {"Id": "a", "MessageBody": "x", "MessageGroupId": "g"},
        {"Id": "b", "MessageBody": "y"},
    ]
    with refused("MissingParameter", missing):
        ordered.sqs.send_message_batch(QueueUrl=ordered.url, Entries=entries)
    assert ordered.counts() == (0, 0, 0)
    plain = fifo(timed_sqs, "plain.fifo", ContentBasedDeduplication="false")
    with refused(INVALID, NO_ID):
        send(plain, "x")


@pytest.mark.parametrize("parameter", ["MessageGroupId", "MessageDeduplicationId"])
@pytest.mark.parametrize("value", ["a b", "ä", "x" * 129])
def test_ids_are_made_of_letters_digits_and_punctuation(ordered, parameter, value):
    reason = f"{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length."
    expected = f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
    given = {"MessageGroupId": "g", "MessageDeduplicationId": "d", parameter: value}
    with refused(INVALID, expected):
        ordered.send("x", **given)


def test_all_punctuation_is_allowed_in_ids(ordered):
    id = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    send(ordered, "x", id, MessageDeduplicationId=id)
    attributes = ordered.receive_one(AttributeNames=["All"])["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == (id, id)


def test_a_standard_queue_refuses_what_only_fifo_queues_know(queue):
    parameter = "MessageDeduplicationId"
    with refused(INVALID, f"Value d for parameter {parameter} is invalid. Reason: {WRONG_TYPE}"):
        queue.send("x", MessageDeduplicationId="d")
    parameter = "ReceiveRequestAttemptId"
    with refused(INVALID, f"Value r for parameter {parameter} is invalid. Reason: {WRONG_TYPE}"):
        queue.receive(ReceiveRequestAttemptId="r")
    for name in ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"]:
        with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
            queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={name: "true"})


def test_the_name_says_the_type(sqs):
    with refused(INVALID):
        sqs.create_queue(QueueName="q.fifo")
    with refused(INVALID):
        sqs.create_queue(QueueName="q", Attributes={"FifoQueue": "true"})
    with refused("InvalidAttributeName", "Unknown Attribute FifoQueue."):
        sqs.create_queue(QueueName="q", Attributes={"FifoQueue": "false"})


def test_attributes_of_a_fifo_queue_are_read_and_set(sqs):
    queue = fifo(sqs)
    names = ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"]
    assert queue.attributes(*names) == dict(zip(names, ["true", "true", "queue", "perQueue"]))
    high = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    with refused("InvalidAttributeValue"):
        limit = {"FifoThroughputLimit": "perMessageGroupId"}
        sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=limit)
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=high)
    assert queue.attributes(*high) == high
    with refused("InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"FifoQueue": "false"})
    with refused("InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"DeduplicationScope": "none"})
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"ContentBasedDeduplication": "false"})
    with refused(INVALID, NO_ID):
        send(queue, "x")
