"""Delayed messages come when their time has come."""

from support.queue import Queue


def test_a_delayed_message_comes_after_its_delay(timed_server, timed_queue):
    timed_queue.send(DelaySeconds=60)
    assert timed_queue.counts() == (0, 0, 1)
    timed_server.advance(59)
    assert timed_queue.receive() == []
    timed_server.advance(1)
    assert timed_queue.counts() == (1, 0, 0)
    assert timed_queue.bodies() == ["hello"]


def test_the_queues_delay_holds_unless_the_message_has_its_own(timed_server, timed_sqs):
    queue = Queue(timed_sqs, attributes={"DelaySeconds": "60"})
    queue.send("by the queue")
    queue.send("sooner", DelaySeconds=10)
    queue.send("at once", DelaySeconds=0)
    queue.send("later", DelaySeconds=900)
    assert queue.counts() == (1, 0, 3)
    assert queue.bodies(VisibilityTimeout=2000) == ["at once"]
    for seconds, body in [(10, "sooner"), (50, "by the queue"), (840, "later")]:
        timed_server.advance(seconds - 1)
        assert queue.receive() == []
        timed_server.advance(1)
        assert queue.bodies(VisibilityTimeout=2000) == [body]


def test_a_delayed_message_was_sent_when_it_was_sent(timed_server, timed_queue):
    timed_queue.send("at once")
    timed_queue.send("delayed", DelaySeconds=60)
    timed_server.advance(60)
    times = {
        message["Body"]: int(message["Attributes"]["SentTimestamp"])
        for message in timed_queue.receive(AttributeNames=["SentTimestamp"])
    }
    assert times["delayed"] - times["at once"] < 60_000


def test_many_delays_end_in_the_order_of_their_times(timed_server, timed_queue):
    messages = 30
    for number in range(messages):
        timed_queue.send(f"{number:02}", DelaySeconds=(number * 7) % messages + 1)
    for second in range(1, messages + 1):
        timed_server.advance(1)
        expected = [f"{n:02}" for n in range(messages) if (n * 7) % messages + 1 == second]
        assert timed_queue.bodies(VisibilityTimeout=1000) == expected
