"""A queue's attributes: defaults, values of one's own, limits, names."""

import time

import pytest
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused

DEFAULTS = {
    "VisibilityTimeout": "30",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "DelaySeconds": "0",
    "ReceiveMessageWaitTimeSeconds": "0",
}

LIMITS = [
    ("VisibilityTimeout", 0, 43200),
    ("MaximumMessageSize", 1024, 1048576),
    ("MessageRetentionPeriod", 60, 1209600),
    ("DelaySeconds", 0, 900),
    ("ReceiveMessageWaitTimeSeconds", 0, 20),
]


def test_a_new_queue_has_the_documented_defaults(queue):
    attributes = queue.attributes()
    assert {name: attributes[name] for name in DEFAULTS} == DEFAULTS


def test_a_queues_arn_names_region_account_and_queue(queue, account):
    assert queue.attributes("QueueArn") == {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:q"}


def test_creation_and_last_change_are_seconds_of_the_clock(sqs):
    before = int(time.time())
    attributes = Queue(sqs).attributes("CreatedTimestamp", "LastModifiedTimestamp")
    assert before <= int(attributes["CreatedTimestamp"]) <= int(time.time())
    assert attributes["LastModifiedTimestamp"] == attributes["CreatedTimestamp"]


def test_only_the_attributes_asked_for_come(queue):
    assert queue.attributes("DelaySeconds", "VisibilityTimeout") == {
        "DelaySeconds": "0",
        "VisibilityTimeout": "30",
    }


def test_without_names_no_attributes_come(sqs, queue):
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=queue.url)


def test_all_includes_the_counts(queue):
    attributes = queue.attributes("All")
    for name in ["", "NotVisible", "Delayed"]:
        assert attributes["ApproximateNumberOfMessages" + name] == "0"


def test_attributes_that_do_not_apply_to_a_plain_queue_are_left_out(queue):
    absent = {"Policy", "RedrivePolicy", "FifoQueue", "ContentBasedDeduplication", "KmsMasterKeyId"}
    assert not absent & set(queue.attributes("All"))
    assert queue.attributes("Policy") == {}


def test_an_unknown_name_is_refused(queue):
    with refused("InvalidAttributeName", "Unknown Attribute Foo."):
        queue.attributes("Foo")


def test_the_attributes_of_a_queue_that_is_not_there_are_refused(sqs, queue):
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_attributes(QueueUrl=queue.url + "-not", AttributeNames=["All"])


def test_creating_a_queue_with_an_unknown_attribute_is_refused(sqs):
    with refused("InvalidAttributeName", "Unknown Attribute Foo."):
        Queue(sqs, attributes={"Foo": "1"})
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName="q")


@pytest.mark.parametrize("name, lowest, highest", LIMITS)
def test_values_up_to_the_limits_are_kept(sqs, name, lowest, highest):
    for value in [lowest, highest]:
        queue = Queue(sqs, f"q-{value}", {name: str(value)})
        assert queue.attributes(name) == {name: str(value)}


@pytest.mark.parametrize("name, lowest, highest", LIMITS)
def test_values_beyond_the_limits_are_refused(sqs, name, lowest, highest):
    for value in [lowest - 1, highest + 1, "", "ten", "1.5", "99999999999999999999"]:
        with refused("InvalidAttributeValue", f"Invalid value for the parameter {name}."):
            Queue(sqs, attributes={name: str(value)})
    assert "QueueUrls" not in sqs.list_queues()


def test_counts_follow_a_messages_life(queue):
    assert queue.counts() == (0, 0, 0)
    for _ in range(3):
        queue.send()
    queue.send(DelaySeconds=900)
    assert queue.counts() == (3, 0, 1)
    first = queue.receive_one(MaxNumberOfMessages=1)
    second = queue.receive_one(MaxNumberOfMessages=1)
    assert queue.counts() == (1, 2, 1)
    queue.delete(first)
    queue.change_visibility(second, 0)
    assert queue.counts() == (2, 0, 1)
