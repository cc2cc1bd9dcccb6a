"""After kill -9, everything that was acknowledged is there."""

import pytest
from support.clients import client
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


@pytest.fixture
def again(start, tmp_path, account):
    """Kills the server, if there is one, starts it on the same data, and gives a client of it."""
    running = []

    def again():
        if running:
            running.pop().kill()
        running.append(start("--data-dir", str(tmp_path)))
        return client(running[0], account)

    return again


def test_queues_and_their_attributes_are_there(again):
    attributes = {"VisibilityTimeout": "45", "MaximumMessageSize": "2048", "DelaySeconds": "3"}
    before = Queue(again(), "orders", attributes).attributes()
    sqs = again()
    after = Queue(sqs, "orders").attributes()
    assert after == before
    with refused("QueueAlreadyExists"):
        Queue(sqs, "orders", {"VisibilityTimeout": "46"})


def test_messages_are_there_with_all_that_belongs_to_them(again):
    message_attributes = {
        "number": {"DataType": "Number", "StringValue": "7"},
        "binary": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
    }
    queue = Queue(again())
    for number in range(20):
        queue.send(f"body {number} 漢", MessageAttributes=message_attributes)
    seen = queue.receive_one(
        MaxNumberOfMessages=1, VisibilityTimeout=0, AttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    queue = Queue(again())
    assert queue.counts() == (20, 0, 0)
    received = {
        message["MessageId"]: message
        for _ in range(2)
        for message in queue.receive(AttributeNames=["All"], MessageAttributeNames=["All"])
    }
    assert len(received) == 20
    assert {m["Body"] for m in received.values()} == {f"body {n} 漢" for n in range(20)}
    for message in received.values():
        assert message["MessageAttributes"] == message_attributes
    same = received[seen["MessageId"]]
    for name in ["SenderId", "SentTimestamp", "ApproximateFirstReceiveTimestamp"]:
        assert same["Attributes"][name] == seen["Attributes"][name]


def test_a_large_message_is_there(again):
    body = "x" * 1024 * 1024
    Queue(again()).send(body)
    assert Queue(again()).receive_one()["Body"] == body


def test_what_was_in_flight_stays_in_flight_and_its_receipt_handle_stays_good(again):
    queue = Queue(again())
    queue.send("kept")
    queue.send("deleted later")
    messages = {
        message["Body"]: message for message in queue.receive(VisibilityTimeout=3600)
    }
    assert set(messages) == {"kept", "deleted later"}
    queue = Queue(again())
    assert queue.counts() == (0, 2, 0)
    assert queue.receive() == []
    queue.delete(messages["deleted later"])
    queue.change_visibility(messages["kept"], 0)
    assert queue.bodies() == ["kept"]


def test_receive_counts_are_there(again):
    queue = Queue(again())
    queue.send()
    for _ in range(3):
        queue.receive_one(VisibilityTimeout=0)
    message = Queue(again()).receive_one(AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "4"


def test_a_changed_visibility_timeout_is_there(again):
    queue = Queue(again())
    queue.send("shown")
    queue.send("hidden")
    for message in queue.receive(VisibilityTimeout=1000):
        queue.change_visibility(message, 0 if message["Body"] == "shown" else 2000)
    queue = Queue(again())
    assert queue.counts() == (1, 1, 0)
    assert queue.bodies() == ["shown"]


def test_delayed_messages_are_still_delayed(again):
    Queue(again()).send(DelaySeconds=900)
    queue = Queue(again())
    assert queue.counts() == (0, 0, 1)
    assert queue.receive() == []


def test_deleted_messages_stay_deleted(again):
    queue = Queue(again())
    for number in range(10):
        queue.send(str(number))
    for message in queue.receive(VisibilityTimeout=0):
        if int(message["Body"]) % 2:
            queue.delete(message)
    queue = Queue(again())
    assert queue.counts() == (5, 0, 0)
    assert queue.bodies() == ["0", "2", "4", "6", "8"]


def test_deleted_queues_stay_deleted_and_their_namesakes_empty(again):
    sqs = again()
    queue = Queue(sqs, "orders")
    queue.send()
    sqs.delete_queue(QueueUrl=queue.url)
    sqs = again()
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName="orders")
    queue = Queue(sqs, "orders")
    assert queue.counts() == (0, 0, 0)
    queue = Queue(again(), "orders")
    assert queue.receive() == []


def test_many_kills_lose_nothing(again):
    sent = set()
    for round in range(5):
        queue = Queue(again())
        assert queue.counts()[0] == len(sent)
        sent |= {queue.send(f"{round}-{number}")["MessageId"] for number in range(10)}
    queue = Queue(again())
    received = {m["MessageId"] for _ in range(5) for m in queue.receive(VisibilityTimeout=600)}
    assert received == sent


def test_two_programs_never_share_a_data_directory(start, tmp_path):
    start("--data-dir", str(tmp_path))
    with pytest.raises(RuntimeError):
        start("--data-dir", str(tmp_path))
