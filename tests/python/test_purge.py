"""PurgeQueue: everything that was there is gone, the queue stays."""

from support.clients import client, speaks_query
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


def purge(queue):
    queue.sqs.purge_queue(QueueUrl=queue.url)


def test_a_purge_removes_visible_hidden_and_delayed_messages(timed_server, timed_queue):
    timed_queue.send("hidden")
    timed_queue.receive_one()
    timed_queue.send("visible")
    timed_queue.send("delayed", DelaySeconds=60)
    assert timed_queue.counts() == (1, 1, 1)
    purge(timed_queue)
    timed_server.advance(60)
    assert timed_queue.counts() == (0, 0, 0)
    timed_server.advance(900)
    assert timed_queue.receive() == []


def test_a_purged_queue_keeps_its_attributes_and_takes_messages(timed_server, timed_queue):
    before = timed_queue.attributes("VisibilityTimeout", "CreatedTimestamp", "QueueArn")
    purge(timed_queue)
    timed_server.advance(60)
    timed_queue.send("after")
    assert timed_queue.bodies() == ["after"]
    after = timed_queue.attributes("VisibilityTimeout", "CreatedTimestamp", "QueueArn")
    assert after == before


def test_a_message_received_before_a_purge_can_be_deleted_after_it(timed_server, timed_queue):
    timed_queue.send()
    message = timed_queue.receive_one()
    purge(timed_queue)
    timed_server.advance(60)
    timed_queue.delete(message)
    assert timed_queue.counts() == (0, 0, 0)


def test_a_queue_that_is_not_there_cannot_be_purged(sqs, queue):
    with refused(*NO_SUCH_QUEUE):
        sqs.purge_queue(QueueUrl=queue.url + "-not")


def test_a_purge_leaves_other_queues_alone(timed_server, timed_sqs, timed_queue):
    other = Queue(timed_sqs, "other")
    other.send("kept")
    timed_queue.send("gone")
    purge(timed_queue)
    timed_server.advance(60)
    assert timed_queue.receive() == []
    assert other.bodies() == ["kept"]


def test_what_was_purged_does_not_come_back_after_a_crash(start, account, tmp_path):
    server = start("--data-dir", str(tmp_path))
    queue = Queue(client(server, account))
    for number in range(20):
        queue.send(f"gone {number}")
    queue.receive(VisibilityTimeout=0)
    purge(queue)
    queue.send("kept")
    server.kill()
    queue = Queue(client(start("--data-dir", str(tmp_path)), account))
    assert queue.counts() == (1, 0, 0)
    assert queue.bodies() == ["kept"]


def test_with_awss_limits_a_queue_is_purged_once_a_minute(start, account):
    server = start("--memory", "--clock", "manual", "--limits", "aws")
    queue = Queue(client(server, account))
    purge(queue)
    server.advance(59)
    with refused(
        "AWS.SimpleQueueService.PurgeQueueInProgress",
        "Only one PurgeQueue operation on q is allowed every 60 seconds.",
        403 if speaks_query() else 400,
    ):
        purge(queue)
    server.advance(1)
    purge(queue)
