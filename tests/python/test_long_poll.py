"""A receive that waits answers as soon as there is something, and no earlier."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import pytest
from support.queue import Queue

# How long a step of a manual clock may take to reach a waiting client. Only a bound on waiting: no
# assertion depends on it.
GRACE_SECONDS = 0.03
PATIENCE_SECONDS = 15


@pytest.fixture
def background():
    """Runs calls beside the test."""
    with ThreadPoolExecutor(16) as pool:
        yield pool


def advance_until(server, future, at_most):
    """Moves time second by second until the call has ended; answers (seconds moved, result)."""
    for moved in range(at_most + 1):
        try:
            return moved, future.result(GRACE_SECONDS)
        except NotYet:
            server.advance(1)
    return at_most, future.result(PATIENCE_SECONDS)


def test_a_waiting_receive_gets_a_message_sent_later(queue, background):
    waiting = background.submit(queue.receive, WaitTimeSeconds=20)
    for _ in range(5):
        assert queue.counts() == (0, 0, 0)
    assert not waiting.done()
    queue.send()
    assert [message["Body"] for message in waiting.result(PATIENCE_SECONDS)] == ["hello"]


def test_a_receive_does_not_wait_when_there_is_a_message(timed_queue):
    timed_queue.send()
    assert timed_queue.bodies(WaitTimeSeconds=20) == ["hello"]


def test_a_waiting_receive_answers_empty_when_its_time_is_over(
    timed_server, timed_queue, background
):
    waiting = background.submit(timed_queue.receive, WaitTimeSeconds=20)
    moved, messages = advance_until(timed_server, waiting, 60)
    assert messages == []
    assert moved >= 20


def test_the_queue_can_make_every_receive_wait(timed_server, timed_sqs, background):
    queue = Queue(timed_sqs, attributes={"ReceiveMessageWaitTimeSeconds": "7"})
    waiting = background.submit(timed_sqs.receive_message, QueueUrl=queue.url)
    moved, answer = advance_until(timed_server, waiting, 60)
    assert "Messages" not in answer
    assert moved >= 7


def test_a_request_can_refuse_to_wait(timed_sqs):
    queue = Queue(timed_sqs, attributes={"ReceiveMessageWaitTimeSeconds": "20"})
    assert queue.receive(WaitTimeSeconds=0) == []


def test_a_waiting_receive_gets_a_delayed_message_when_its_time_comes(
    timed_server, timed_queue, background
):
    timed_queue.send(DelaySeconds=5)
    waiting = background.submit(timed_queue.receive, WaitTimeSeconds=20)
    moved, messages = advance_until(timed_server, waiting, 60)
    assert [message["Body"] for message in messages] == ["hello"]
    assert moved >= 5


def test_a_waiting_receive_gets_a_message_whose_visibility_timeout_ends(
    timed_server, timed_queue, background
):
    timed_queue.send()
    timed_queue.receive_one(VisibilityTimeout=5)
    waiting = background.submit(timed_queue.receive, WaitTimeSeconds=20)
    moved, messages = advance_until(timed_server, waiting, 60)
    assert [message["Body"] for message in messages] == ["hello"]
    assert moved >= 5


def test_a_waiting_receive_gets_a_message_that_was_made_visible(queue, background):
    queue.send()
    message = queue.receive_one()
    waiting = background.submit(queue.receive, WaitTimeSeconds=20)
    queue.change_visibility(message, 0)
    assert [message["Body"] for message in waiting.result(PATIENCE_SECONDS)] == ["hello"]


def test_one_message_goes_to_one_of_many_that_wait(timed_server, timed_queue, background):
    waiting = [background.submit(timed_queue.receive, WaitTimeSeconds=20) for _ in range(8)]
    timed_queue.send()
    results = [advance_until(timed_server, future, 60)[1] for future in waiting]
    assert [message["Body"] for messages in results for message in messages] == ["hello"]


def test_each_of_many_that_wait_is_served(queue, background):
    waiting = [
        background.submit(queue.receive, WaitTimeSeconds=20, MaxNumberOfMessages=1)
        for _ in range(8)
    ]
    for number in range(8):
        queue.send(str(number))
    received = [future.result(PATIENCE_SECONDS) for future in waiting]
    bodies = sorted(message["Body"] for messages in received for message in messages)
    assert bodies == [str(number) for number in range(8)]


def test_a_queue_that_is_deleted_releases_those_who_wait(timed_server, timed_queue, background):
    waiting = background.submit(timed_queue.receive, WaitTimeSeconds=20)
    timed_queue.counts()
    timed_queue.sqs.delete_queue(QueueUrl=timed_queue.url)
    try:
        assert waiting.result(PATIENCE_SECONDS) == []
    except timed_queue.sqs.exceptions.QueueDoesNotExist:
        pass  # both are true answers; hanging on until the poll's time is over is not
