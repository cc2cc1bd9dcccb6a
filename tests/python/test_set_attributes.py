"""SetQueueAttributes: what changes, from when on, and what cannot be changed."""

import json

import pytest
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


def change(queue, **attributes):
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=attributes)


def test_changed_attributes_are_read_back_and_the_others_stay(queue):
    change(queue, VisibilityTimeout="45", DelaySeconds="3")
    change(queue, DelaySeconds="4")
    assert queue.attributes("VisibilityTimeout", "DelaySeconds", "MessageRetentionPeriod") == {
        "VisibilityTimeout": "45",
        "DelaySeconds": "4",
        "MessageRetentionPeriod": "345600",
    }


def test_a_change_is_dated(timed_server, timed_queue):
    created = int(timed_queue.attributes("CreatedTimestamp")["CreatedTimestamp"])
    timed_server.advance(100)
    change(timed_queue, DelaySeconds="0")
    attributes = timed_queue.attributes("CreatedTimestamp", "LastModifiedTimestamp")
    assert int(attributes["CreatedTimestamp"]) == created
    assert int(attributes["LastModifiedTimestamp"]) == created + 100


def test_a_new_visibility_timeout_holds_for_later_receives(timed_server, timed_queue):
    timed_queue.send()
    timed_queue.receive_one()
    change(timed_queue, VisibilityTimeout="100")
    timed_server.advance(30)
    timed_queue.receive_one()
    timed_server.advance(99)
    assert timed_queue.receive() == []
    timed_server.advance(1)
    assert timed_queue.bodies() == ["hello"]


def test_a_new_delay_does_not_touch_messages_that_were_sent(timed_server, timed_queue):
    timed_queue.send("before")
    change(timed_queue, DelaySeconds="60")
    timed_queue.send("after")
    assert timed_queue.bodies(VisibilityTimeout=1000) == ["before"]
    timed_server.advance(60)
    assert timed_queue.bodies() == ["after"]


def test_a_new_retention_period_holds_for_messages_that_are_there(timed_server, timed_queue):
    timed_queue.send()
    change(timed_queue, MessageRetentionPeriod="60")
    timed_server.advance(15 * 60)
    assert timed_queue.receive() == []
    assert timed_queue.counts() == (0, 0, 0)


@pytest.mark.parametrize("name, value", [
    ("VisibilityTimeout", "43201"),
    ("MaximumMessageSize", "1023"),
    ("MessageRetentionPeriod", "59"),
    ("DelaySeconds", "-1"),
    ("ReceiveMessageWaitTimeSeconds", "x"),
])
def test_values_beyond_the_limits_are_refused_and_change_nothing(queue, name, value):
    before = queue.attributes()
    with refused("InvalidAttributeValue", f"Invalid value for the parameter {name}."):
        change(queue, **{"VisibilityTimeout": "45", name: value})
    assert queue.attributes() == before


@pytest.mark.parametrize("name", ["Foo", "QueueArn", "CreatedTimestamp"])
def test_other_names_are_refused(queue, name):
    with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
        change(queue, **{name: "1"})


def test_a_queue_that_is_not_there_cannot_be_changed(sqs):
    queue = Queue(sqs)
    queue.url += "-not"
    with refused(*NO_SUCH_QUEUE):
        change(queue, DelaySeconds="1")


POLICY = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage"}],
})


def test_a_policy_is_kept_word_for_word_and_taken_back_by_an_empty_one(queue):
    change(queue, Policy=POLICY)
    assert queue.attributes("Policy") == {"Policy": POLICY}
    change(queue, Policy="")
    assert queue.attributes("Policy") == {}


@pytest.mark.parametrize("policy", ["{", "{}", "[]", '{"Statement": []}'])
def test_what_is_no_policy_is_refused(queue, policy):
    with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
        change(queue, Policy=policy)


def encryption(queue):
    attributes = queue.attributes("All")
    names = ["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"]
    return {name: attributes[name] for name in names if name in attributes}


def test_a_key_takes_the_place_of_encryption_by_sqs(queue):
    assert encryption(queue) == {"SqsManagedSseEnabled": "true"}
    change(queue, KmsMasterKeyId="alias/aws/sqs")
    assert encryption(queue) == {
        "KmsMasterKeyId": "alias/aws/sqs",
        "KmsDataKeyReusePeriodSeconds": "300",
        "SqsManagedSseEnabled": "false",
    }
    change(queue, KmsMasterKeyId="", SqsManagedSseEnabled="true")
    assert encryption(queue) == {"SqsManagedSseEnabled": "true"}


def test_only_one_kind_of_encryption_can_be_asked_for(queue):
    with refused(
        "InvalidAttributeValue",
        "You can use one type of server-side encryption (SSE) at one time. "
        "You can either enable KMS SSE or SQS SSE.",
    ):
        change(queue, KmsMasterKeyId="alias/aws/sqs", SqsManagedSseEnabled="true")


@pytest.mark.parametrize("name, value", [
    ("KmsDataKeyReusePeriodSeconds", "59"),
    ("KmsDataKeyReusePeriodSeconds", "86401"),
    ("SqsManagedSseEnabled", "yes"),
])
def test_what_encryption_cannot_be_set_to_is_refused(queue, name, value):
    with refused("InvalidAttributeValue", f"Invalid value for the parameter {name}."):
        change(queue, **{name: value})


@pytest.mark.parametrize("name", ["FifoQueue", "ContentBasedDeduplication"])
def test_a_standard_queue_knows_no_attributes_of_fifo_queues(queue, name):
    with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
        change(queue, **{name: "true"})
