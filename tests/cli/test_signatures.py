"""The CLI signs, for a server that requires it."""

import json

import pytest

from conftest import Cli

KEY = "AKIACLI0000000000000"
FILE = f"""
[[keys]]
id = "{KEY}"
account = "123456789012"
secret = "a secret"
"""


@pytest.fixture
def signing(start, tmp_path):  # noqa: F811
    """The CLI against a server that knows one key; called with the secret to use."""
    path = tmp_path / "millpond.toml"
    path.write_text(FILE)
    server = start("--memory", "--config", str(path))
    return lambda secret: Cli(server, tmp_path, KEY, secret)


def test_who_has_the_secret_is_let_in(signing):
    aws = signing("a secret")
    assert aws("sts", "get-caller-identity")["Arn"] == "arn:aws:iam::123456789012:root"
    url = aws("sqs", "create-queue", "--queue-name", "orders")["QueueUrl"]
    aws("sqs", "send-message", "--queue-url", url, "--message-body", json.dumps({"ducks": 2}))
    [message] = aws("sqs", "receive-message", "--queue-url", url)["Messages"]
    assert json.loads(message["Body"]) == {"ducks": 2}


def test_who_has_not_is_told_so(signing):
    code, _, errors = signing("another").run("sqs", "list-queues")
    assert code != 0
    assert "(SignatureDoesNotMatch)" in errors
