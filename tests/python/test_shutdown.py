"""Ending: asked to, the program ends soon and cleanly."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.clients import client
from support.queue import Queue


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_without_an_error(start, how):
    assert start("--memory").stop(how) == 0


def test_what_was_sent_before_the_end_is_there_afterwards(start, tmp_path, account):
    server = start("--data-dir", str(tmp_path))
    Queue(client(server, account)).send()
    assert server.stop() == 0
    assert Queue(client(start("--data-dir", str(tmp_path)), account)).bodies() == ["hello"]


def test_the_end_does_not_wait_for_long_polls(start, account):
    server = start("--memory")
    queue = Queue(client(server, account))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(queue.receive, WaitTimeSeconds=20)
        for _ in range(5):
            queue.counts()
        assert server.stop(seconds=10) == 0
        assert waiting.exception(10) is not None or waiting.result() == []


def test_the_end_does_not_wait_for_idle_connections(start, account):
    server = start("--memory")
    sqs = client(server, account)
    sqs.list_queues()  # leaves its connection open
    assert server.stop(seconds=10) == 0
