"""Signatures are required, and policies decide what callers may do."""

import json
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config

from support.clients import REGION, speaks_query
from support.queue import Queue
from support.refused import refused

OWNER, OTHER = "111111111111", "222222222222"
ROOT = ("AKIAROOT000000000000", "root's")
STRANGER = ("AKIASTRANGER00000000", "stranger's")
READER = ("AKIAREADER0000000000", "reader's")
NOBODY = ("AKIANOBODY0000000000", "nobody's")
MOVER = ("AKIAMOVER00000000000", "mover's")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


READ = policy(
    allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueUrl"]),
    allow("sqs:TagQueue", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
    allow("sqs:SendMessage", Condition={"StringEquals": {"aws:ResourceTag/stage": "test"}}),
)
MOVE = policy(
    allow([f"sqs:{name}" for name in (
        "StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"
    )]),
    allow("sqs:SendMessage", Condition={"StringEquals": {"aws:ResourceTag/moved": "yes"}}),
)
WORKER = f"arn:aws:iam::{OWNER}:role/worker"
FILE = f"""
auth = "sigv4"

[[keys]]
id = "{ROOT[0]}"
account = "{OWNER}"
secret = "{ROOT[1]}"

[[keys]]
id = "{STRANGER[0]}"
account = "{OTHER}"
secret = "{STRANGER[1]}"

[[keys]]
id = "{READER[0]}"
account = "{OWNER}"
secret = "{READER[1]}"
identity = "reader"
policy = '{READ}'

[[keys]]
id = "{NOBODY[0]}"
account = "{OWNER}"
secret = "{NOBODY[1]}"
identity = "nobody"
policy = '{policy(allow("sts:AssumeRole", WORKER))}'

[[keys]]
id = "{MOVER[0]}"
account = "{OWNER}"
secret = "{MOVER[1]}"
identity = "mover"
policy = '{MOVE}'

[[roles]]
name = "worker"
account = "{OWNER}"
trust-policy = '{policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:user/nobody"}, "Action": "sts:AssumeRole"})}'
policy = '{policy(allow("sqs:*"))}'
"""


@pytest.fixture
def server(start, tmp_path):
    path = tmp_path / "millpond.toml"
    path.write_text(FILE)
    return start("--memory", "--config", str(path))


def client(server, key, service="sqs", token=None, region=REGION):
    return boto3.client(
        service, endpoint_url=server.url, region_name=region, aws_access_key_id=key[0],
        aws_secret_access_key=key[1], aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def orders(server):
    """The owner's queue."""
    return Queue(client(server, ROOT), "orders")


def of(server, key, queue):
    """The same queue in somebody else's hands."""
    other = Queue.__new__(Queue)
    other.sqs, other.name, other.url = client(server, key), queue.name, queue.url
    return other


@contextmanager
def denied(words="is not authorized to perform", code="AccessDenied"):
    """The block must not be allowed, for a reason with these words."""
    with refused(code, status=403) as caught:
        yield
    assert words in caught.value.response["Error"]["Message"]


def test_a_user_may_do_what_its_policy_says_and_nothing_else(server, orders):
    orders.send("one")
    reader = of(server, READER, orders)
    reader.delete(reader.receive_one())
    with denied("user/reader is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs"):
        reader.send("two")
    with denied():
        reader.sqs.send_message_batch(
            QueueUrl=orders.url, Entries=[{"Id": "1", "MessageBody": "two"}]
        )
    with denied("no identity-based policy allows the sqs:PurgeQueue action"):
        reader.sqs.purge_queue(QueueUrl=orders.url)


def test_a_user_without_a_policy_for_it_may_do_nothing(server, orders):
    nobody = of(server, NOBODY, orders)
    for call in (nobody.send, nobody.receive, nobody.attributes, nobody.sqs.list_queues):
        with denied():
            call()


def test_conditions_see_tags_of_the_request_and_of_the_queue(server, orders):
    reader = of(server, READER, orders)
    with denied():
        reader.sqs.tag_queue(QueueUrl=orders.url, Tags={"stage": "test"})
    reader.sqs.tag_queue(QueueUrl=orders.url, Tags={"team": "blue"})
    with denied():
        reader.send()
    orders.sqs.tag_queue(QueueUrl=orders.url, Tags={"stage": "test"})
    reader.send()


def test_another_account_is_let_in_by_the_queues_policy_at_once(server, orders):
    stranger = of(server, STRANGER, orders)
    with denied("no resource-based policy allows the sqs:SendMessage action"):
        stranger.send()
    orders.sqs.add_permission(
        QueueUrl=orders.url, Label="friends", AWSAccountIds=[OTHER], Actions=["SendMessage"]
    )
    stranger.send("from afar")
    with denied():
        stranger.receive()
    with denied():
        stranger.sqs.delete_queue(QueueUrl=orders.url)
    orders.sqs.remove_permission(QueueUrl=orders.url, Label="friends")
    with denied():
        stranger.send()
    assert orders.bodies() == ["from afar"]


def test_what_is_for_the_owner_alone_no_policy_gives_away(server, orders):
    arn = orders.attributes("QueueArn")["QueueArn"]
    everything = policy({**allow("sqs:*", arn), "Principal": "*"})
    orders.sqs.set_queue_attributes(QueueUrl=orders.url, Attributes={"Policy": everything})
    stranger = of(server, STRANGER, orders)
    stranger.send()
    for call in (
        lambda: stranger.sqs.tag_queue(QueueUrl=orders.url, Tags={"a": "b"}),
        lambda: stranger.sqs.set_queue_attributes(
            QueueUrl=orders.url, Attributes={"DelaySeconds": "1"}
        ),
    ):
        with denied():
            call()


def test_a_queues_policy_denies_the_root_of_its_own_account_too(server, orders):
    arn = orders.attributes("QueueArn")["QueueArn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    orders.sqs.set_queue_attributes(QueueUrl=orders.url, Attributes={"Policy": policy(deny)})
    with denied("with an explicit deny in a resource-based policy"):
        orders.send()
    orders.sqs.set_queue_attributes(QueueUrl=orders.url, Attributes={"Policy": ""})
    orders.send()


def denied_by_sns(words):
    return denied(words, "AuthorizationError")


def test_a_subscription_is_its_owners_and_its_topics_owners(server):
    sns, theirs = client(server, ROOT, "sns"), client(server, STRANGER, "sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    queue = Queue(client(server, STRANGER), "q").attributes("QueueArn")["QueueArn"]
    with denied_by_sns("no resource-based policy allows the SNS:Subscribe action"):
        theirs.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    sns.add_permission(
        TopicArn=topic, Label="friends", AWSAccountId=[OTHER], ActionName=["Subscribe"]
    )
    subscribe = lambda: theirs.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    arn = subscribe()
    theirs.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="RawMessageDelivery", AttributeValue="true"
    )
    for owner in (sns, theirs):
        attributes = owner.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        assert (attributes["Owner"], attributes["RawMessageDelivery"]) == (OTHER, "true")
    assert [one["SubscriptionArn"] for one in theirs.list_subscriptions()["Subscriptions"]] == [arn]
    assert sns.list_subscriptions()["Subscriptions"] == []
    with denied_by_sns("SNS:ListSubscriptionsByTopic"):
        theirs.list_subscriptions_by_topic(TopicArn=topic)
    reader = client(server, READER, "sns")
    for call in (reader.get_subscription_attributes, reader.unsubscribe):
        with denied_by_sns("no identity-based policy allows"):
            call(SubscriptionArn=arn)
    theirs.unsubscribe(SubscriptionArn=arn)
    arn = subscribe()
    sns.unsubscribe(SubscriptionArn=arn)
    with denied_by_sns("is not authorized to perform: SNS:GetSubscriptionAttributes on resource"):
        theirs.get_subscription_attributes(SubscriptionArn=arn)


def test_a_confirmation_needs_its_token_and_no_signature(server):
    sns = client(server, ROOT, "sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    queue = Queue(client(server, STRANGER), "q")
    arn = queue.attributes("QueueArn")["QueueArn"]
    letters = {**allow("sqs:SendMessage", arn), "Principal": {"Service": "sns.amazonaws.com"}}
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy(letters)})
    subscription = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    visit = json.loads(queue.receive_one(WaitTimeSeconds=20)["Body"])["SubscribeURL"]
    path = visit.removeprefix(server.url)
    signed_ends = server.request("GET", path + "&AuthenticateOnUnsubscribe=true")
    assert signed_ends[0] == 403 and "MissingAuthenticationToken" in signed_ends[2]
    wrong = server.request("GET", path[:-1])
    assert wrong[0] == 400 and "Invalid parameter: Token" in wrong[2]
    assert server.request("GET", path)[0] == 200
    shown = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert (shown["PendingConfirmation"], shown["Owner"]) == ("false", OWNER)


def test_accounts_do_not_see_each_other(server, orders):
    stranger = client(server, STRANGER)
    assert stranger.list_queues().get("QueueUrls", []) == []
    own = Queue(stranger, "orders")
    own.send("theirs")
    assert orders.receive() == []


def test_a_roles_session_may_what_the_role_may_within_its_session_policy(server, orders):
    orders.send("for the worker")
    sts = client(server, NOBODY, "sts")
    session = sts.assume_role(
        RoleArn=WORKER, RoleSessionName="s1", Policy=policy(allow("sqs:ReceiveMessage"))
    )["Credentials"]
    key = (session["AccessKeyId"], session["SecretAccessKey"])
    worker = client(server, key, token=session["SessionToken"])
    received = worker.receive_message(QueueUrl=orders.url)["Messages"]
    assert received[0]["Body"] == "for the worker"
    with denied("assumed-role/worker/s1 is not authorized to perform: sqs:SendMessage"):
        worker.send_message(QueueUrl=orders.url, MessageBody="no")
    with denied("because no session policy allows"):
        worker.send_message(QueueUrl=orders.url, MessageBody="no")


def test_refusals_are_logged_and_a_flood_of_them_is_not(server, orders):
    nobody = of(server, NOBODY, orders)
    for _ in range(60):
        with denied():
            nobody.send()
    server.wrote("audit: refused")
    lines = [line for line in server.output().splitlines() if "audit: refused" in line]
    assert 1 <= len(lines) < 60
    assert "user/nobody is not authorized to perform: sqs:SendMessage" in lines[0]


def test_a_forged_signature_is_logged_with_its_access_key_and_without_secrets(server, orders):
    forger = of(server, (READER[0], "somebody's guess"), orders)
    with refused("SignatureDoesNotMatch", status=403):
        forger.send()
    line = server.wrote(".*audit: refused.*")[0]
    assert f'access_key="{READER[0]}"' in line and 'code="SignatureDoesNotMatch"' in line
    assert 'operation="SendMessage"' in line
    assert "Canonical" not in line and "guess" not in line and READER[1] not in line


def test_a_name_cannot_write_lines_of_its_own_into_the_log(server):
    nobody = client(server, NOBODY)
    arn = f"arn:aws:sqs:{REGION}:{OWNER}:q\n2026-01-01 WARN audit: refused nothing at all"
    with denied():
        nobody.start_message_move_task(SourceArn=arn)
    server.wrote("audit: refused.*StartMessageMoveTask")
    assert not any(line.startswith("2026-01-01 WARN") for line in server.output().splitlines())


def test_a_task_gives_messages_back_to_queues_that_its_caller_may_send_to(server, orders):
    dead = Queue(orders.sqs, "dead")
    arn = dead.attributes("QueueArn")["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    orders.sqs.set_queue_attributes(QueueUrl=orders.url, Attributes={"RedrivePolicy": redrive})
    mover = of(server, MOVER, dead).sqs
    with denied("sqs:SendMessage on resource: arn:aws:sqs:us-east-1:111111111111:orders"):
        mover.start_message_move_task(SourceArn=arn)
    orders.sqs.tag_queue(QueueUrl=orders.url, Tags={"moved": "yes"})
    mover.start_message_move_task(SourceArn=arn)


def test_a_user_who_is_kept_to_a_region_reaches_no_queue_of_another(server, orders):
    arn = orders.attributes("QueueArn")["QueueArn"]
    elsewhere = client(server, ROOT, region="eu-west-1")
    with refused("ResourceNotFoundException", status=404 if speaks_query() else 400):
        elsewhere.list_message_move_tasks(SourceArn=arn)
