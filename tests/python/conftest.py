"""Fixtures for every file in this folder."""

from support.fixtures import (  # noqa: F401
    account,
    queue,
    server,
    sns,
    sqs,
    start,
    timed_queue,
    timed_server,
    timed_sqs,
    topic,
)
