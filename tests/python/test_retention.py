"""Messages nobody deletes are gone when their retention period has passed."""

from support.queue import Queue
from support.refused import refused

DAY = 86400


def test_a_message_is_kept_for_four_days(timed_server, timed_queue):
    timed_queue.send()
    timed_server.advance(4 * DAY - 1)
    assert timed_queue.counts() == (1, 0, 0)
    timed_server.advance(1)
    assert timed_queue.counts() == (0, 0, 0)
    assert timed_queue.receive() == []


def test_the_period_counts_from_the_sending_not_from_the_receiving(timed_server, timed_sqs):
    queue = Queue(timed_sqs, attributes={"MessageRetentionPeriod": "60"})
    queue.send()
    timed_server.advance(59)
    queue.receive_one(VisibilityTimeout=10)
    timed_server.advance(11)
    assert queue.receive() == []
    assert queue.counts() == (0, 0, 0)


def test_each_message_has_a_period_of_its_own(timed_server, timed_sqs):
    queue = Queue(timed_sqs, attributes={"MessageRetentionPeriod": "60"})
    queue.send("older")
    timed_server.advance(30)
    queue.send("newer")
    timed_server.advance(30)
    assert queue.bodies(VisibilityTimeout=0) == ["newer"]
    timed_server.advance(30)
    assert queue.receive() == []


def test_a_message_received_before_its_end_is_not_there_afterwards(timed_server, timed_sqs):
    queue = Queue(timed_sqs, attributes={"MessageRetentionPeriod": "60"})
    queue.send()
    message = queue.receive_one(VisibilityTimeout=1000)
    timed_server.advance(61)
    assert queue.counts() == (0, 0, 0)
    with refused("InvalidParameterValue"):
        queue.change_visibility(message, 0)
    queue.delete(message)


def test_the_longest_period_is_14_days(timed_server, timed_sqs):
    queue = Queue(timed_sqs, attributes={"MessageRetentionPeriod": str(14 * DAY)})
    queue.send()
    timed_server.advance(14 * DAY - 1)
    assert queue.bodies(VisibilityTimeout=0) == ["hello"]
    timed_server.advance(1)
    assert queue.receive() == []
