"""`millpond policy test` explains what a running server would decide."""

import json
import subprocess

import pytest

from support.clients import client
from support.queue import Queue
from support.server import ENVIRONMENT, PROGRAM

OTHER = "arn:aws:iam::222222222222:root"


def explain(*flags):
    """The command's exit status and what it printed."""
    command = [PROGRAM, "policy", "test", *flags]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=30)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def shared(queue):
    """A queue that lets another account send, unless it is tagged `closed`."""
    arn = queue.attributes("QueueArn")["QueueArn"]
    statements = [
        {"Sid": "friends", "Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sqs:SendMessage",
         "Resource": arn},
        {"Sid": "closed", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": arn,
         "Condition": {"StringEquals": {"aws:ResourceTag/closed": "yes"}}},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})
    queue.arn = arn
    return queue


def test_a_servers_policy_and_tags_are_asked_for(server, shared):
    flags = ["--endpoint", server.url, "--resource", shared.arn, "--caller", OTHER]
    status, text = explain(*flags, "--action", "sqs:SendMessage")
    assert (status, "statement 1 (friends): allows it" in text) == (0, True), text
    status, text = explain(*flags, "--action", "sqs:ReceiveMessage")
    assert (status, "no resource-based policy allows it" in text) == (1, True), text
    shared.sqs.tag_queue(QueueUrl=shared.url, Tags={"closed": "yes"})
    status, text = explain(*flags, "--action", "sqs:SendMessage")
    assert (status, "statement 2 (closed): denies it" in text) == (1, True), text


def test_the_configurations_callers_are_known(server, shared, tmp_path, account):
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]})
    file = tmp_path / "millpond.toml"
    file.write_text(
        f'[[keys]]\nid = "AKIAALICE"\naccount = "{account}"\nsecret = "s"\n'
        f"identity = \"alice\"\npolicy = '{policy}'\n"
    )
    flags = ["--config", str(file), "--endpoint", server.url, "--resource", shared.arn]
    status, text = explain(*flags, "--access-key", "AKIAALICE", "--action", "sqs:PurgeQueue")
    assert (status, "identity-based policy 1, statement 1: allows it" in text) == (0, True), text
    bob = f"arn:aws:iam::{account}:user/bob"
    status, text = explain(*flags, "--caller", bob, "--action", "sqs:PurgeQueue")
    assert (status, f"does not know {bob}" in text) == (2, True), text


def test_what_cannot_be_asked_is_said(server, account):
    missing = f"arn:aws:sqs:us-east-1:{account}:none"
    flags = ["--caller", OTHER, "--action", "sqs:SendMessage", "--resource"]
    status, text = explain(*flags, missing, "--endpoint", server.url)
    assert (status, f"There is no {missing}" in text) == (2, True), text
    status, _, text = server.request("GET", "/_millpond/facts?resource=q")
    assert (status, "resource=ARN" in text) == (400, True)
    own = Queue(client(server, account))
    status, _, text = server.request(
        "GET", f"/_millpond/facts?resource=arn:aws:sqs:us-east-1:{account}:{own.name}"
    )
    assert status == 200 and json.loads(text)["policy"] is None
