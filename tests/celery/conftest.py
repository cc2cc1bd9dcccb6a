"""One broker with one worker and one publisher."""

import os

import pytest
from ledger import Ledger
from processes import Broker, Client
from support.fixtures import account  # noqa: F401

PATIENCE_SECONDS = 120
WORKER = ["--app=application", "worker", "--pool=prefork", "--concurrency=2", "--loglevel=warning"]
# Workers that talk to each other need topics.
ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


@pytest.fixture
def ledger():
    """What the worker says that it has done."""
    return Ledger(PATIENCE_SECONDS)


@pytest.fixture
def broker(tmp_path):
    """The program, on a data directory."""
    broker = Broker(tmp_path / "data")
    yield broker
    broker.kill()


@pytest.fixture
def start(broker, account, tmp_path):  # noqa: F811
    """Starts processes of the application that end with the test."""
    clients = []

    def start(*command, pen=None):
        url = broker.celery_url(account)
        clients.append(Client(*command, broker_url=url, home=tmp_path, pen=pen))
        return clients[-1]

    yield start
    for client in clients:
        client.end()


@pytest.fixture
def worker(start, ledger):
    """A worker with two processes that run tasks."""
    worker = start("celery", *WORKER, *ALONE, pen=ledger.pen)
    os.close(ledger.pen)  # the worker has its own
    return worker


@pytest.fixture
def publisher(start):
    """Publishes a task for each number that is written to it."""
    return start("publisher")
