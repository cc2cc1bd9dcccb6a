"""Keys and roles that change while the program runs, and queues for those who have no key."""

import json

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from support.clients import REGION
from support.queue import Queue
from support.refused import refused

ACCOUNT = "123456789012"
ROOT = ("AKIAROOT000000000000", "root's")
ALICE = ("AKIAALICE00000000000", "alice's")
NEW = ("AKIAALICE00000000000", "alice's new one")
READ = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}],
})


def entry(key, more=""):
    return f'[[keys]]\nid = "{key[0]}"\naccount = "{ACCOUNT}"\nsecret = "{key[1]}"\n{more}\n'


def alice(key):
    return entry(key, f"identity = \"alice\"\npolicy = '{READ}'")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "millpond.toml"
    path.write_text(entry(ROOT) + alice(ALICE))
    return path


@pytest.fixture
def server(start, file):
    return start("--memory", "--config", str(file))


def client(server, key=None, service="sqs", token=None):
    config = Config(retries={"total_max_attempts": 1}, signature_version=None if key else UNSIGNED)
    access_key, secret = key or ("none", "none")
    return boto3.client(
        service, endpoint_url=server.url, region_name=REGION, aws_access_key_id=access_key,
        aws_secret_access_key=secret, aws_session_token=token, config=config,
    )


def receives(server, queue, key, token=None):
    return "Messages" not in client(server, key, token=token).receive_message(QueueUrl=queue.url)


def test_changed_and_removed_keys_end_at_once_and_new_ones_hold(server, file):
    queue = Queue(client(server, ROOT))
    assert receives(server, queue, ALICE)
    session = client(server, ALICE, "sts").get_session_token()["Credentials"]
    temporary = (session["AccessKeyId"], session["SecretAccessKey"])
    assert receives(server, queue, temporary, session["SessionToken"])
    file.write_text(entry(ROOT) + alice(NEW))
    server.reload()
    server.wrote("keys and roles were read again")
    assert receives(server, queue, NEW)
    with refused("SignatureDoesNotMatch", status=403):
        receives(server, queue, ALICE)
    file.write_text(entry(ROOT))
    server.reload()
    server.wrote("(?s)read again.*read again")
    for key, token in [(NEW, None), (temporary, session["SessionToken"])]:
        with refused("InvalidClientTokenId", status=403):
            receives(server, queue, key, token)
    assert receives(server, queue, ROOT)


@pytest.mark.parametrize("bad", ["[[keys]]\nid = ", "", 'auth = "none"\n', '[[keys]]\nid = "A"\n'])
def test_a_file_that_cannot_be_used_changes_nothing(server, file, bad):
    queue = Queue(client(server, ROOT))
    file.write_text(bad)
    server.reload()
    server.wrote("the old keys and roles stay")
    assert receives(server, queue, ALICE)
    with refused("InvalidClientTokenId", status=403):
        receives(server, queue, ("AKIANOBODY0000000000", "x"))


def test_a_queue_that_lets_everybody_send_takes_messages_of_those_without_a_key(server):
    queue = Queue(client(server, ROOT))
    stranger = client(server)
    with refused("MissingAuthenticationToken", status=403):
        stranger.send_message(QueueUrl=queue.url, MessageBody="no")
    arn = queue.attributes("QueueArn")["QueueArn"]
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})
    stranger.send_message(QueueUrl=queue.url, MessageBody="from anybody")
    with refused("MissingAuthenticationToken", status=403):
        stranger.receive_message(QueueUrl=queue.url)
    assert queue.bodies() == ["from anybody"]
