"""Faults made on purpose: consumers see what AWS warns of."""

import json

import pytest

from support.clients import client, new_account
from support.queue import Queue
from support.refused import refused

NO_FAULTS = "seed = 7\n"


@pytest.fixture
def server(start, tmp_path):
    path = tmp_path / "faults.toml"
    path.write_text(NO_FAULTS)
    return start("--memory", "--clock", "manual", "--faults", str(path))


@pytest.fixture
def queue(server):
    return Queue(client(server, new_account()), "orders")


def make(server, *rules, status=200):
    """Makes these faults from now on, and no others."""
    body = json.dumps({"seed": 7, "rules": rules})
    answered, _, text = server.request("PUT", "/_millpond/faults", body)
    assert answered == status, text
    return json.loads(text)


def test_requests_are_throttled_as_often_as_asked(server, queue):
    make(server, {"operation": "SendMessage", "name": "ord*", "share": 0.5, "fault": "throttle"})
    refusals = 0
    for _ in range(100):
        try:
            queue.send()
        except queue.sqs.exceptions.ClientError as error:
            assert "Throttl" in error.response["Error"]["Code"]
            refusals += 1
    assert 25 < refusals < 75
    status, _, text = server.request("GET", "/_millpond/faults")
    assert status == 200 and json.loads(text)["rules"][0]["struck"] == refusals
    make(server)
    assert queue.counts()[0] == 100 - refusals, "what was refused was not done"


def test_other_queues_and_operations_are_spared(server, queue):
    make(server, {"operation": "SendMessage", "name": "bills", "fault": "error", "status": 500})
    queue.send()
    assert queue.bodies() == ["hello"]
    with refused("InternalError", status=500):
        Queue(queue.sqs, "bills").send()


def test_a_message_comes_twice(server, queue):
    queue.send("twice")
    make(server, {"operation": None, "fault": "duplicate"} | {"share": 1.0})
    first = queue.receive_one(AttributeNames=["ApproximateReceiveCount"])
    second = queue.receive_one(AttributeNames=["ApproximateReceiveCount"])
    assert first["MessageId"] == second["MessageId"]
    assert [m["Attributes"]["ApproximateReceiveCount"] for m in (first, second)] == ["1", "2"]


def test_messages_come_out_of_order_and_none_is_lost(server, queue):
    make(server, {"share": 0.5, "fault": "reorder", "millis": 2000})
    for number in range(10):
        queue.send(str(number))
    make(server)
    early = queue.bodies()
    assert 0 < len(early) < 10
    server.advance(2)
    assert sorted(early + queue.bodies()) == [str(number) for number in range(10)]


def test_fifo_queues_keep_their_promises(server, queue):
    make(server, {"fault": "duplicate"}, {"fault": "reorder", "millis": 2000})
    fifo = Queue(queue.sqs, "orders.fifo", {"FifoQueue": "true"})
    for number in range(3):
        fifo.send(str(number), MessageGroupId="g", MessageDeduplicationId=str(number))
    assert [message["Body"] for message in fifo.receive()] == ["0", "1", "2"]
    assert fifo.receive() == []


def test_what_makes_no_sense_is_refused_and_changes_nothing(server, queue):
    make(server, {"fault": "error"})
    assert "share" in make(server, {"fault": "throttle", "share": 7}, status=400)["error"]
    with refused("InternalError", status=500):
        queue.send()


def test_nobody_makes_faults_on_a_server_that_was_not_started_for_it(start):
    server = start("--memory")
    assert "--faults" in make(server, {"fault": "error"}, status=404)["error"]
