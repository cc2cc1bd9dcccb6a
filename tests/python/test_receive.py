"""Receiving: how many, what comes with a message, and deleting it."""

import time

import pytest
from support.queue import Queue
from support.raw import json_request
from support.refused import NO_SUCH_QUEUE, receipt_handle_refused, refused


def test_an_empty_queue_answers_without_messages(sqs, queue):
    assert "Messages" not in sqs.receive_message(QueueUrl=queue.url)


def test_one_message_is_received_unless_more_are_asked_for(sqs, queue):
    for _ in range(3):
        queue.send()
    assert len(sqs.receive_message(QueueUrl=queue.url)["Messages"]) == 1


def test_up_to_ten_messages_are_received_and_each_only_once(queue):
    sent = {queue.send(f"body {number}")["MessageId"] for number in range(25)}
    received = [queue.receive() for _ in range(4)]
    assert [len(messages) for messages in received] == [10, 10, 5, 0]
    assert {message["MessageId"] for messages in received for message in messages} == sent


@pytest.mark.parametrize("number", [-1, 0, 11])
def test_other_numbers_of_messages_are_refused(queue, number):
    with refused(
        "InvalidParameterValue",
        f"Value {number} for parameter MaxNumberOfMessages is invalid. "
        "Reason: Must be between 1 and 10, if provided.",
    ):
        queue.receive(MaxNumberOfMessages=number)


@pytest.mark.parametrize("seconds", [-1, 21])
def test_waiting_longer_than_20_seconds_is_refused(queue, seconds):
    with refused(
        "InvalidParameterValue",
        f"Value {seconds} for parameter WaitTimeSeconds is invalid. "
        "Reason: Must be >= 0 and <= 20, if provided.",
    ):
        queue.receive(WaitTimeSeconds=seconds)


@pytest.mark.parametrize("seconds", [-1, 43201])
def test_a_visibility_timeout_beyond_12_hours_is_refused(queue, seconds):
    with refused(
        "InvalidParameterValue",
        f"Value {seconds} for parameter VisibilityTimeout is invalid. "
        "Reason: Must be >= 0 and <= 43200, if provided.",
    ):
        queue.receive(VisibilityTimeout=seconds)


def test_receiving_from_a_queue_that_is_not_there_is_refused(sqs, queue):
    with refused(*NO_SUCH_QUEUE):
        sqs.receive_message(QueueUrl=queue.url + "-not")


def test_a_message_comes_without_system_attributes_unless_asked_for(queue):
    queue.send()
    assert "Attributes" not in queue.receive_one()


def test_all_system_attributes_tell_sender_times_and_receive_count(queue, account):
    before = int(time.time() * 1000)
    queue.send()
    attributes = queue.receive_one(AttributeNames=["All"])["Attributes"]
    after = int(time.time() * 1000)
    assert attributes["SenderId"] == account
    assert attributes["ApproximateReceiveCount"] == "1"
    sent = int(attributes["SentTimestamp"])
    received = int(attributes["ApproximateFirstReceiveTimestamp"])
    assert before <= sent <= received <= after


def test_only_the_system_attributes_asked_for_come(queue):
    queue.send()
    attributes = queue.receive_one(AttributeNames=["SentTimestamp"])["Attributes"]
    assert set(attributes) == {"SentTimestamp"}


def test_the_newer_name_of_the_parameter_means_the_same(server, queue, account):
    queue.send()
    status, _, answer = json_request(server, account, "ReceiveMessage", {
        "QueueUrl": queue.url, "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
    })
    assert status == 200
    assert answer["Messages"][0]["Attributes"] == {"ApproximateReceiveCount": "1"}


def test_an_unknown_system_attribute_is_refused(queue):
    with refused("InvalidAttributeName", "Unknown Attribute Foo."):
        queue.receive(AttributeNames=["Foo"])


def test_the_receive_count_grows_and_the_first_receive_time_stays(timed_server, timed_queue):
    timed_queue.send()
    first = timed_queue.receive_one(AttributeNames=["All"])["Attributes"]
    for count in range(2, 6):
        timed_server.advance(30)
        again = timed_queue.receive_one(AttributeNames=["All"])["Attributes"]
        assert again["ApproximateReceiveCount"] == str(count)
        for name in ["SentTimestamp", "ApproximateFirstReceiveTimestamp", "SenderId"]:
            assert again[name] == first[name]


def test_a_deleted_message_never_comes_back(timed_server, timed_queue):
    timed_queue.send()
    timed_queue.delete(timed_queue.receive_one())
    assert timed_queue.counts() == (0, 0, 0)
    timed_server.advance(31)
    assert timed_queue.receive() == []


def test_deleting_twice_is_not_an_error(queue):
    queue.send()
    message = queue.receive_one()
    queue.delete(message)
    queue.delete(message)


def test_deleting_one_message_leaves_the_others(queue):
    for number in range(10):
        queue.send(f"body {number}")
    messages = queue.receive()
    for message in messages[:4]:
        queue.delete(message)
        queue.delete(message)
    for message in messages[4:]:
        queue.change_visibility(message, 0)
    assert queue.bodies() == sorted(message["Body"] for message in messages[4:])


def test_a_receipt_handle_that_never_was_one_is_refused(sqs, queue):
    with receipt_handle_refused('The input receipt handle "abc" is not a valid receipt handle.'):
        sqs.delete_message(QueueUrl=queue.url, ReceiptHandle="abc")
    with receipt_handle_refused():
        sqs.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle="abc", VisibilityTimeout=1
        )


def test_a_receipt_handle_with_one_character_changed_is_refused(sqs, queue):
    queue.send()
    handle = queue.receive_one()["ReceiptHandle"]
    middle = len(handle) // 2
    other = "A" if handle[middle] != "A" else "B"
    forged = handle[:middle] + other + handle[middle + 1 :]
    with receipt_handle_refused():
        sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=forged)
    assert queue.counts() == (0, 1, 0)


def test_another_queues_receipt_handle_deletes_nothing(sqs, queue):
    other = Queue(sqs, "other")
    queue.send()
    message = queue.receive_one()
    with receipt_handle_refused():
        other.delete(message)
    assert queue.counts() == (0, 1, 0)
