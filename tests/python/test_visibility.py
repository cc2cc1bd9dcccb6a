"""A received message is hidden for its visibility timeout, and not a moment longer."""

import pytest
from support.queue import Queue
from support.refused import refused

TWELVE_HOURS = 43200


def test_a_received_message_is_hidden_for_30_seconds(timed_server, timed_queue):
    timed_queue.send()
    timed_queue.receive_one()
    assert timed_queue.counts() == (0, 1, 0)
    timed_server.advance(29)
    assert timed_queue.receive() == []
    timed_server.advance(1)
    assert timed_queue.counts() == (1, 0, 0)
    assert timed_queue.bodies() == ["hello"]


def test_the_queues_timeout_holds_unless_the_request_has_its_own(timed_server, timed_sqs):
    queue = Queue(timed_sqs, attributes={"VisibilityTimeout": "100"})
    queue.send("by the queue")
    queue.receive_one()
    queue.send("by the request")
    queue.receive_one(VisibilityTimeout=10)
    timed_server.advance(10)
    assert queue.bodies(VisibilityTimeout=1000) == ["by the request"]
    timed_server.advance(89)
    assert queue.receive() == []
    timed_server.advance(1)
    assert queue.bodies() == ["by the queue"]


def test_a_timeout_of_zero_does_not_hide(queue):
    queue.send()
    for count in range(1, 4):
        message = queue.receive_one(VisibilityTimeout=0, AttributeNames=["All"])
        assert message["Attributes"]["ApproximateReceiveCount"] == str(count)
    assert queue.counts() == (1, 0, 0)


def test_the_longest_timeout_is_12_hours(timed_server, timed_queue):
    timed_queue.send()
    timed_queue.receive_one(VisibilityTimeout=TWELVE_HOURS)
    timed_server.advance(TWELVE_HOURS - 1)
    assert timed_queue.receive() == []
    timed_server.advance(1)
    assert timed_queue.bodies() == ["hello"]


def test_a_changed_timeout_counts_from_the_change(timed_server, timed_queue):
    timed_queue.send()
    message = timed_queue.receive_one()
    timed_server.advance(20)
    timed_queue.change_visibility(message, 30)
    timed_server.advance(29)
    assert timed_queue.receive() == []
    timed_server.advance(1)
    assert timed_queue.bodies() == ["hello"]


def test_a_timeout_can_be_shortened(timed_server, timed_queue):
    timed_queue.send()
    timed_queue.change_visibility(timed_queue.receive_one(), 5)
    timed_server.advance(5)
    assert timed_queue.bodies() == ["hello"]


def test_a_change_to_zero_shows_the_message_at_once(queue):
    queue.send()
    queue.change_visibility(queue.receive_one(), 0)
    assert queue.counts() == (1, 0, 0)
    message = queue.receive_one(AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_change_holds_for_one_receive_only(timed_server, timed_queue):
    timed_queue.send()
    timed_queue.change_visibility(timed_queue.receive_one(), 100)
    timed_server.advance(100)
    timed_queue.receive_one()
    timed_server.advance(30)
    assert timed_queue.bodies() == ["hello"]


@pytest.mark.parametrize("seconds", [-1, TWELVE_HOURS + 1])
def test_a_change_beyond_the_limits_is_refused(queue, seconds):
    queue.send()
    message = queue.receive_one()
    with refused(
        "InvalidParameterValue",
        f"Value {seconds} for parameter VisibilityTimeout is invalid. "
        "Reason: VisibilityTimeout must be an integer between 0 and 43200",
    ):
        queue.change_visibility(message, seconds)


def test_extensions_beyond_12_hours_since_the_receive_are_refused(timed_server, timed_queue):
    timed_queue.send()
    message = timed_queue.receive_one(VisibilityTimeout=60)
    timed_server.advance(50)
    timed_queue.change_visibility(message, TWELVE_HOURS - 50)
    with refused(
        "InvalidParameterValue",
        f"Value {TWELVE_HOURS} for parameter VisibilityTimeout is invalid. Reason: Total "
        "VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    ):
        timed_queue.change_visibility(message, TWELVE_HOURS)


def test_a_deleted_messages_visibility_cannot_be_changed(queue):
    queue.send()
    message = queue.receive_one()
    queue.delete(message)
    with refused(
        "InvalidParameterValue",
        f"Value {message['ReceiptHandle']} for parameter ReceiptHandle is invalid. Reason: "
        "Message does not exist or is not available for visibility timeout change.",
    ):
        queue.change_visibility(message, 10)


def test_every_receive_gives_a_receipt_handle_of_its_own(queue):
    queue.send()
    handles = {queue.receive_one(VisibilityTimeout=0)["ReceiptHandle"] for _ in range(5)}
    assert len(handles) == 5


def test_the_newest_receipt_handle_deletes_a_message_received_twice(queue):
    queue.send()
    queue.receive_one(VisibilityTimeout=0)
    queue.delete(queue.receive_one())
    assert queue.counts() == (0, 0, 0)


def test_a_message_that_is_visible_again_is_not_in_flight(timed_server, timed_queue):
    timed_queue.send()
    message = timed_queue.receive_one(VisibilityTimeout=10)
    timed_server.advance(10)
    with refused("AWS.SimpleQueueService.MessageNotInflight"):
        timed_queue.change_visibility(message, 10)


def test_an_older_receipt_handle_does_not_change_a_newer_receives_timeout(
    timed_server, timed_queue
):
    timed_queue.send()
    older = timed_queue.receive_one(VisibilityTimeout=10)
    timed_server.advance(10)
    timed_queue.receive_one(VisibilityTimeout=100)
    try:
        timed_queue.change_visibility(older, 0)
    except timed_queue.sqs.exceptions.ClientError:
        pass  # whether AWS answers or refuses is not documented; that the timeout stands is
    assert timed_queue.receive() == []
    timed_server.advance(99)
    assert timed_queue.receive() == []
    timed_server.advance(1)
    assert timed_queue.bodies() == ["hello"]


def test_a_hidden_message_can_be_deleted_after_its_timeout_while_nobody_else_has_it(
    timed_server, timed_queue
):
    timed_queue.send()
    message = timed_queue.receive_one(VisibilityTimeout=10)
    timed_server.advance(11)
    timed_queue.delete(message)
    assert timed_queue.counts() == (0, 0, 0)
    assert timed_queue.receive() == []
