"""Fixtures for every file in this folder."""

from support.fixtures import (  # noqa: F401
    account,
    queue,
    server,
    sqs,
    start,
    timed_queue,
    timed_server,
    timed_sqs,
)
