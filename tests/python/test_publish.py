"""What is published is accepted or refused as AWS does it."""

import json

import pytest
from support.refused import refused


@pytest.fixture
def fifo(sns):
    return sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]


def test_each_message_has_an_id_of_its_own(sns, topic):
    first = sns.publish(TopicArn=topic, Message="hello", Subject="about")
    second = sns.publish(TargetArn=topic, Message="hello")
    assert first["MessageId"] != second["MessageId"]
    assert "SequenceNumber" not in first


def test_attributes_of_every_kind_are_taken(sns, topic):
    values = {
        "text": {"DataType": "String", "StringValue": "v"},
        "array": {"DataType": "String.Array", "StringValue": '["a", 1, null]'},
        "number": {"DataType": "Number", "StringValue": "1.5"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    sns.publish(TopicArn=topic, Message="hello", MessageAttributes=values)
    with refused(
        "ParameterValueInvalid",
        "The message attribute 'n' must contain non-empty message attribute value for message "
        "attribute type 'String'.",
    ):
        empty = {"n": {"DataType": "String", "StringValue": ""}}
        sns.publish(TopicArn=topic, Message="hello", MessageAttributes=empty)


def test_a_structured_message_has_a_default(sns, topic):
    message = json.dumps({"default": "d", "sqs": "q"})
    sns.publish(TopicArn=topic, Message=message, MessageStructure="json")
    with refused(
        "InvalidParameter",
        "Invalid parameter: Message Structure - No default entry in JSON message body",
    ):
        sns.publish(TopicArn=topic, Message='{"sqs":"q"}', MessageStructure="json")
    with refused(
        "InvalidParameter",
        "Invalid parameter: Message Structure - JSON message body failed to parse",
    ):
        sns.publish(TopicArn=topic, Message="{", MessageStructure="json")


def test_what_is_missing_or_too_much_is_refused(sns, topic):
    with refused("InvalidParameter", "Invalid parameter: Empty message"):
        sns.publish(TopicArn=topic, Message="")
    with refused("InvalidParameter", "Invalid parameter: Subject"):
        sns.publish(TopicArn=topic, Message="hello", Subject="a\nb")
    with refused("InvalidParameter", "Invalid parameter: Message too long"):
        sns.publish(TopicArn=topic, Message="x" * 262_145)
    with refused(
        "InvalidParameter",
        "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
    ):
        sns.publish(Message="hello")
    with refused("NotImplemented", status=501):
        sns.publish(PhoneNumber="+15550100", Message="hello")


def test_a_fifo_topic_answers_a_duplicate_like_its_original(sns, fifo):
    def publish(message, **ids):
        answer = sns.publish(TopicArn=fifo, Message=message, MessageGroupId="g", **ids)
        return answer["MessageId"], answer["SequenceNumber"]

    first = publish("one", MessageDeduplicationId="d")
    assert publish("two", MessageDeduplicationId="d") == first
    assert publish("two", MessageDeduplicationId="e")[1] > first[1]
    with refused(
        "InvalidParameter",
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly",
    ):
        publish("three")
    sns.set_topic_attributes(
        TopicArn=fifo, AttributeName="ContentBasedDeduplication", AttributeValue="true"
    )
    assert publish("three") == publish("three")
    with refused(
        "InvalidParameter",
        "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    ):
        sns.publish(TopicArn=fifo, Message="hello")


def test_a_standard_topic_takes_a_group_and_no_deduplication_id(sns, topic):
    sns.publish(TopicArn=topic, Message="hello", MessageGroupId="g")
    with refused("InvalidParameter"):
        sns.publish(TopicArn=topic, Message="hello", MessageDeduplicationId="d")


def test_entries_of_a_batch_succeed_or_fail_for_themselves(sns, topic):
    answer = sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[
            {"Id": "a", "Message": "one"},
            {"Id": "b", "Message": "two", "Subject": "a\nb"},
            {"Id": "c", "Message": "three"},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("b", "InvalidParameter", True)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": str(n), "Message": "m"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "a", "Message": "m"}] * 2, "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "Message": "m"}], "InvalidBatchEntryId"),
        ([{"Id": n, "Message": "m" * 131_073} for n in "ab"], "BatchRequestTooLong"),
    ],
)
def test_a_batch_that_is_none_is_refused(sns, topic, entries, code):
    with refused(code):
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
