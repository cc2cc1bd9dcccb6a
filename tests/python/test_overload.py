"""More than the server takes is throttled in the caller's protocol, and those who are in are served."""

import threading
from contextlib import suppress

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from support.clients import REGION, client, new_account
from support.queue import Queue
from support.raw import json_request, query_request, text_of


@pytest.fixture
def full_server(start):
    """A server that takes one request, and has it: a long poll of the queue that is given with it."""
    server = start("--memory", "--max-requests", "1")
    queue = Queue(client(server, new_account()))

    def poll():
        # It is answered when the server ends with the test: not at all.
        with suppress(HTTPClientError):
            queue.receive(WaitTimeSeconds=20)

    threading.Thread(target=poll, daemon=True).start()
    for _ in range(10_000):
        # This request for the metrics is one of the two.
        if "millpond_requests_in_flight 2\n" in server.request("GET", "/_millpond/metrics")[2]:
            return server
    raise AssertionError("the long poll did not arrive")


def test_throttling_is_worded_in_the_callers_protocol(full_server, account):
    status, _, answer = json_request(full_server, account, "ListQueues", {})
    assert (status, answer["__type"]) == (503, "ThrottlingException")
    for method in ["GET", "POST"]:
        status, _, answer = query_request(full_server, account, {"Action": "ListQueues"}, method)
        assert (status, text_of(answer, "Error/Code")) == (503, "ThrottlingException")
        assert text_of(answer, "Error/Type") == "Receiver"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("service, operation", [
    ("sqs", "list_queues"), ("sts", "get_caller_identity"),
])
def test_sdks_try_again_when_they_are_throttled(full_server, account, mode, service, operation):
    throttled = boto3.client(
        service, endpoint_url=full_server.url, region_name=REGION, aws_access_key_id=account,
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 2, "mode": mode}),
    )
    with pytest.raises(ClientError) as caught:
        getattr(throttled, operation)()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 1


def test_the_programs_own_pages_are_answered(full_server):
    for path in ["health", "health/live", "metrics", "version"]:
        assert full_server.request("GET", f"/_millpond/{path}")[0] == 200
