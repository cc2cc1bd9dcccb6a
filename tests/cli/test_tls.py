"""The AWS CLI over TLS, told whom to trust as a person would."""

from conftest import Cli
from support.server import AUTHORITY, TLS


def test_a_message_goes_through_a_queue_over_tls(start, tmp_path):
    aws = Cli(start("--memory", *TLS), tmp_path)
    trust = ("--ca-bundle", AUTHORITY)
    url = aws(*trust, "sqs", "create-queue", "--queue-name", "orders")["QueueUrl"]
    assert url.startswith("https://127.0.0.1:")
    aws(*trust, "sqs", "send-message", "--queue-url", url, "--message-body", "over TLS")
    [message] = aws(*trust, "sqs", "receive-message", "--queue-url", url)["Messages"]
    assert message["Body"] == "over TLS"


def test_without_trust_the_cli_refuses_the_server(start, tmp_path):
    code, _, errors = Cli(start("--memory", *TLS), tmp_path).run("sqs", "list-queues")
    assert code != 0
    assert "certificate verify failed" in errors
