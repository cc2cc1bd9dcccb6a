"""A manual clock moves when it is told to, and only then."""

import json

import pytest
from support.clients import client
from support.queue import Queue


def clock(server):
    """What the clock says."""
    status, _, text = server.request("GET", "/_millpond/clock")
    assert status == 200, text
    return json.loads(text)


def test_a_manual_clock_moves_by_what_it_is_told(timed_server, timed_queue):
    timed_queue.send("before")
    timed_server.advance(12)
    timed_queue.send("after")
    times = {
        message["Body"]: int(message["Attributes"]["SentTimestamp"])
        for message in timed_queue.receive(AttributeNames=["SentTimestamp"])
    }
    assert times["after"] - times["before"] == 12_000


def test_a_manual_clock_stands_still_otherwise(timed_server):
    assert clock(timed_server) == clock(timed_server)


def test_a_manual_clock_tells_its_time(timed_server):
    before = clock(timed_server)
    timed_server.advance(1)
    assert clock(timed_server) != before


@pytest.mark.parametrize("body", [
    "", "{}", "nonsense", '{"advance_seconds": -1}', '{"advance_seconds": "soon"}',
    '{"advance_seconds": 1e300}',
])
def test_other_moves_are_refused_and_move_nothing(timed_server, body):
    before = clock(timed_server)
    status, _, _ = timed_server.request(
        "POST", "/_millpond/clock", body, {"Content-Type": "application/json"}
    )
    assert status == 400
    assert clock(timed_server) == before


def test_a_page_cannot_move_the_clock(timed_server):
    before = clock(timed_server)
    status, _, _ = timed_server.request(
        "POST", "/_millpond/clock", '{"advance_seconds": 1}', {"Origin": "https://evil.example"}
    )
    assert status == 403
    assert clock(timed_server) == before


def test_the_real_clock_cannot_be_moved(server):
    status, _, _ = server.request("POST", "/_millpond/clock", '{"advance_seconds": 1}')
    assert 400 <= status < 500


def test_time_moved_far_does_all_that_falls_due_on_the_way(timed_server, account):
    queue = Queue(client(timed_server, account), attributes={"MessageRetentionPeriod": "3600"})
    queue.send("hidden")
    queue.receive_one()
    queue.send("delayed", DelaySeconds=900)
    timed_server.advance(3599)
    assert queue.bodies(VisibilityTimeout=0) == ["delayed", "hidden"]
    timed_server.advance(1_000_000)
    assert queue.counts() == (0, 0, 0)
