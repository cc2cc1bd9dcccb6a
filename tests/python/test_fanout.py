"""What is published to a topic reaches every subscribed queue whose filter takes it."""

import base64
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config

from support.clients import REGION, client
from support.queue import Queue

RAW = {"RawMessageDelivery": "true"}
FIFO = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}


class Topic:
    """A topic, and queues that subscribe to it."""

    def __init__(self, server, account, name="orders", attributes=None):
        self.sqs = client(server, account)
        self.sns = client(server, account, "sns")
        self.account = account
        self.arn = self.sns.create_topic(Name=name, Attributes=attributes or {})["TopicArn"]

    def queue(self, name, attributes=None, **queue_attributes):
        queue = Queue(self.sqs, name, queue_attributes)
        queue.subscription = self.sns.subscribe(
            TopicArn=self.arn, Protocol="sqs", Endpoint=arn(self.account, name),
            Attributes=attributes or {}, ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return queue

    def publish(self, message, **more):
        return self.sns.publish(TopicArn=self.arn, Message=message, **more)


def arn(account, queue):
    return f"arn:aws:sqs:{REGION}:{account}:{queue}"


def text(value):
    return {"DataType": "String", "StringValue": value}


def waited(queue, count, **more):
    """Receives and deletes until so many have come; there must be no more."""
    messages = []
    while len(messages) < count:
        found = queue.receive(WaitTimeSeconds=20, **more)
        assert found, f"only {len(messages)} of {count} came"
        messages += found
        for message in found:
            queue.delete(message)
    assert len(messages) == count and queue.receive(WaitTimeSeconds=1) == []
    return messages


@pytest.fixture
def topic(server, account):
    return Topic(server, account)


def verified(server, document, digest, tmp_path):
    """Whether openssl finds the signature right."""
    path = document["SigningCertURL"].removeprefix(server.url)
    status, _, certificate = server.request("GET", path)
    assert status == 200
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    signed = "".join(f"{name}\n{document[name]}\n" for name in names if name in document)
    files = {"certificate": certificate.encode(), "signed": signed.encode(),
             "signature": base64.b64decode(document["Signature"])}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    key = subprocess.run(
        ["openssl", "x509", "-in", "certificate", "-pubkey", "-noout"],
        cwd=tmp_path, check=True, capture_output=True,
    ).stdout
    (tmp_path / "key").write_bytes(key)
    verify = ["openssl", "dgst", f"-{digest}", "-verify", "key", "-signature", "signature", "signed"]
    return subprocess.run(verify, cwd=tmp_path, capture_output=True).returncode == 0


@pytest.mark.parametrize(("version", "digest"), [("1", "sha1"), ("2", "sha256")])
def test_a_queue_gets_a_document_with_a_signature_that_is_right(
    server, topic, tmp_path, version, digest
):
    topic.sns.set_topic_attributes(
        TopicArn=topic.arn, AttributeName="SignatureVersion", AttributeValue=version
    )
    queue = topic.queue("q")
    published = topic.publish(
        "Grüße\n\"x\"", Subject="about", MessageAttributes={"colour": text("red")}
    )
    message = waited(queue, 1, MessageAttributeNames=["All"])[0]
    document = json.loads(message["Body"])
    assert document["Message"] == "Grüße\n\"x\"" and document["Subject"] == "about"
    assert document["MessageId"] == published["MessageId"]
    assert document["Type"] == "Notification" and document["TopicArn"] == topic.arn
    assert document["MessageAttributes"] == {"colour": {"Type": "String", "Value": "red"}}
    assert document["SignatureVersion"] == version
    assert "MessageAttributes" not in message
    assert verified(server, document, digest, tmp_path)
    assert not verified(server, {**document, "Message": "other"}, digest, tmp_path)


def test_raw_delivery_brings_the_message_with_its_attributes(topic):
    queue = topic.queue("q", RAW)
    topic.publish(
        "hello", MessageAttributes={
            "colour": text("red"), "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
        }
    )
    message = waited(queue, 1, MessageAttributeNames=["All"])[0]
    assert message["Body"] == "hello"
    assert message["MessageAttributes"]["colour"]["StringValue"] == "red"
    assert message["MessageAttributes"]["bytes"]["BinaryValue"] == b"\x00\x01"


def test_every_queue_gets_what_its_filter_takes(topic):
    everything = topic.queue("everything", RAW)
    reds = topic.queue("reds", {**RAW, "FilterPolicy": '{"colour":["red"]}'})
    large = topic.queue("large", {
        **RAW, "FilterPolicyScope": "MessageBody",
        "FilterPolicy": '{"size":[{"numeric":[">",10]}]}',
    })
    topic.publish('{"size":11}', MessageAttributes={"colour": text("red")})
    topic.publish('{"size":3}', MessageAttributes={"colour": text("red")})
    topic.sns.publish_batch(
        TopicArn=topic.arn,
        PublishBatchRequestEntries=[
            {"Id": "1", "Message": '{"size":12}', "MessageAttributes": {"colour": text("blue")}},
            {"Id": "2", "Message": "no object"},
        ],
    )
    bodies = lambda queue, count: sorted(message["Body"] for message in waited(queue, count))
    assert bodies(everything, 4) == ["no object", '{"size":11}', '{"size":12}', '{"size":3}']
    assert bodies(reds, 2) == ['{"size":11}', '{"size":3}']
    assert bodies(large, 2) == ['{"size":11}', '{"size":12}']


def test_who_unsubscribes_by_the_url_in_the_document_gets_nothing_more(server, topic):
    queue = topic.queue("q")
    topic.publish("one")
    document = json.loads(waited(queue, 1)[0]["Body"])
    assert document["UnsubscribeURL"].endswith(queue.subscription)
    topic.sns.unsubscribe(SubscriptionArn=queue.subscription)
    topic.publish("two")
    assert queue.receive(WaitTimeSeconds=1) == []


def test_a_fifo_topic_gives_fifo_queues_its_order_and_each_message_once(server, account):
    topic = Topic(server, account, "orders.fifo", FIFO)
    queues = [topic.queue(f"q{n}.fifo", RAW, FifoQueue="true") for n in range(2)]
    for number in range(50):
        topic.publish(str(number), MessageGroupId=f"g{number % 2}")
        topic.publish(str(number), MessageGroupId=f"g{number % 2}")
    for queue in queues:
        messages = waited(queue, 50, AttributeNames=["All"])
        for group in (0, 1):
            mine = [
                int(message["Body"]) for message in messages
                if message["Attributes"]["MessageGroupId"] == f"g{group}"
            ]
            assert mine == list(range(group, 50, 2))


def test_a_fifo_document_has_the_number_that_was_answered(server, account):
    topic = Topic(server, account, "orders.fifo", FIFO)
    queue = topic.queue("q.fifo", FifoQueue="true")
    published = topic.publish("hello", MessageGroupId="g")
    document = json.loads(waited(queue, 1)[0]["Body"])
    assert document["SequenceNumber"] == published["SequenceNumber"]


def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(topic):
    letters = Queue(topic.sqs, "letters")
    redrive = json.dumps({"deadLetterTargetArn": arn(topic.account, "letters")})
    queue = topic.queue("q", {**RAW, "RedrivePolicy": redrive})
    many = {f"n{number}": text("v") for number in range(11)}
    topic.publish("too many attributes for a queue", MessageAttributes=many)
    topic.publish("fine")
    assert waited(queue, 1)[0]["Body"] == "fine"
    topic.sqs.delete_queue(QueueUrl=queue.url)
    topic.publish("nobody is there")
    # Eleven attributes are too many for the dead-letter queue too: that message is dropped.
    assert waited(letters, 1)[0]["Body"] == "nobody is there"


def test_kill_9_right_after_the_answer_loses_nothing(start, tmp_path, account):
    server = start("--data-dir", str(tmp_path))
    topic = Topic(server, account)
    fifo = Topic(server, account, "orders.fifo", FIFO)
    queues = [topic.queue(f"q{n}", RAW) for n in range(5)]
    fifo_queue = fifo.queue("q.fifo", RAW, FifoQueue="true")
    for round_ in range(3):
        bodies = [f"{round_}-{number}" for number in range(20)]
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(topic.publish, bodies))
        for body in bodies:
            fifo.publish(body, MessageGroupId="g")
        server.kill()
        server = start("--data-dir", str(tmp_path))
        topic = Topic(server, account)
        fifo = Topic(server, account, "orders.fifo", FIFO)
        for queue in [*queues, fifo_queue]:
            queue.sqs = topic.sqs
            queue.url = topic.sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
        for queue in queues:
            assert sorted(message["Body"] for message in waited(queue, 20)) == sorted(bodies)
        assert [message["Body"] for message in waited(fifo_queue, 20)] == bodies


def test_a_dead_letter_is_what_the_endpoint_would_have_got(topic):
    """AWS documents nothing that is added to it."""
    letters = Queue(topic.sqs, "letters")
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn(topic.account, "letters")})}
    for attributes in (redrive, {**RAW, **redrive}):
        gone = topic.queue("gone", attributes)
        topic.sqs.delete_queue(QueueUrl=gone.url)
        topic.publish("hello", Subject="about", MessageAttributes={"colour": text("red")})
        [letter] = waited(letters, 1, MessageAttributeNames=["All"])
        if attributes is redrive:
            document = json.loads(letter["Body"])
            assert (document["Message"], document["Subject"]) == ("hello", "about")
            assert document["UnsubscribeURL"].endswith(gone.subscription)
            assert "MessageAttributes" not in letter
        else:
            assert letter["Body"] == "hello"
            assert letter["MessageAttributes"]["colour"]["StringValue"] == "red"
            assert len(letter["MessageAttributes"]) == 1
        topic.sns.unsubscribe(SubscriptionArn=gone.subscription)


OWNER, PUBLISHER = ("111111111111", "AKIAOWNER00000000000"), ("222222222222", "AKIAPUBLISHER0000000")
KEYS = 'auth = "sigv4"\n' + "".join(
    f'[[keys]]\nid = "{key}"\naccount = "{account}"\nsecret = "secret"\n'
    for account, key in (OWNER, PUBLISHER)
)


def test_where_callers_are_authorized_a_queues_policy_lets_the_topic_in(start, tmp_path):
    path = tmp_path / "millpond.toml"
    path.write_text(KEYS)
    server = start("--memory", "--config", str(path))
    make = lambda service, who: boto3.client(
        service, endpoint_url=server.url, region_name=REGION, aws_access_key_id=who[1],
        aws_secret_access_key="secret", config=Config(retries={"total_max_attempts": 1}),
    )
    sns, sqs = make("sns", PUBLISHER), make("sqs", OWNER)
    topic = sns.create_topic(Name="news")["TopicArn"]
    allow = {
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage", "Resource": arn(OWNER[0], "q"),
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    queue = Queue(sqs, "q")
    subscribing = {"Effect": "Allow", "Principal": {"AWS": OWNER[0]}, "Action": "sns:Subscribe",
                   "Resource": topic}
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [subscribing]}),
    )
    make("sns", OWNER).subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn(OWNER[0], "q"), Attributes=RAW
    )
    sns.publish(TopicArn=topic, Message="not let in")
    assert queue.receive(WaitTimeSeconds=1) == []
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    })
    sns.publish(TopicArn=topic, Message="let in")
    assert waited(queue, 1)[0]["Body"] == "let in"


def test_the_owner_of_a_queue_confirms_what_somebody_else_has_subscribed(server, topic, account):
    queue = Queue(topic.sqs, "q")
    stranger = client(server, "111122223333", "sns")
    stranger.subscribe(TopicArn=topic.arn, Protocol="sqs", Endpoint=arn(account, "q"))
    asked = json.loads(waited(queue, 1)[0]["Body"])
    assert asked["Type"] == "SubscriptionConfirmation"
    topic.sns.confirm_subscription(TopicArn=topic.arn, Token=asked["Token"])
    topic.publish("hello")
    assert json.loads(waited(queue, 1)[0]["Body"])["Message"] == "hello"
