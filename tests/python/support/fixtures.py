"""The servers and clients that tests ask for by name."""

import pytest

from .clients import client, new_account
from .queue import Queue
from .server import Server


@pytest.fixture(scope="session")
def server():
    """One server in memory with the real clock, shared: tests keep apart by their accounts."""
    server = Server("--memory")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def timed_server():
    """One server in memory whose clock only the tests move."""
    server = Server("--memory", "--clock", "manual")
    yield server
    server.kill()


@pytest.fixture
def start():
    """Starts servers that end with the test."""
    servers = []

    def start(*arguments):
        servers.append(Server(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def account():
    """An account of the test's own."""
    return new_account()


@pytest.fixture
def sqs(server, account):
    """An SQS client of the test's own account."""
    return client(server, account)


@pytest.fixture
def queue(sqs):
    """An empty queue with default attributes."""
    return Queue(sqs)


@pytest.fixture
def timed_sqs(timed_server, account):
    """An SQS client of the server whose clock the test moves."""
    return client(timed_server, account)


@pytest.fixture
def timed_queue(timed_sqs):
    """An empty queue on the server whose clock the test moves."""
    return Queue(timed_sqs)


@pytest.fixture
def sns(server, account):
    """An SNS client of the test's own account."""
    return client(server, account, "sns")


@pytest.fixture
def topic(sns):
    """A standard topic without subscriptions."""
    return sns.create_topic(Name="orders")["TopicArn"]
