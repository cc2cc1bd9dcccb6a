"""What is sent arrives as it was sent, and what cannot be sent is refused."""

import json
import uuid

import pytest
from support import digest
from support.queue import Queue
from support.raw import json_request
from support.refused import NO_SUCH_QUEUE, refused

MEBIBYTE = 1024 * 1024
TOO_LONG = "One or more parameters are invalid. Reason: Message must be shorter than {} bytes."


def test_the_answer_has_an_id_and_the_bodys_digest(queue):
    sent = queue.send("hello")
    assert str(uuid.UUID(sent["MessageId"])) == sent["MessageId"]
    assert sent["MD5OfMessageBody"] == digest.of_body("hello")
    assert "MD5OfMessageAttributes" not in sent
    received = queue.receive_one()
    assert received["MessageId"] == sent["MessageId"]
    assert received["MD5OfBody"] == digest.of_body("hello")


def test_every_message_has_an_id_of_its_own(queue):
    assert len({queue.send()["MessageId"] for _ in range(20)}) == 20


@pytest.mark.parametrize("body", [
    "x",
    " ",
    "  blanks at both ends  ",
    "line\nline\r\nline\rline\ttab",
    "<a b='c' d=\"e\">&amp; ]]> <!-- --> &#x41;",
    '{"json": "\\u0041 \\\\ \\n", "list": [1, 2.5e3, null]}',
    "a=b&c=d%20e+f%",
    "äöü ß 漢字 ✓ \u0080 \u009f \ud7ff \ue000 \ufffd",
    "🐟🦆 \U00010000 \U0010ffff",
])
def test_a_body_arrives_as_it_was_sent(queue, body):
    assert queue.send(body)["MD5OfMessageBody"] == digest.of_body(body)
    received = queue.receive_one()
    assert received["Body"] == body
    assert received["MD5OfBody"] == digest.of_body(body)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1a", "\ufffe", "\uffff"])
def test_characters_that_xml_cannot_carry_are_refused(queue, character):
    with refused("InvalidMessageContents"):
        queue.send(f"before{character}after")
    assert queue.counts() == (0, 0, 0)


def test_the_refusal_says_which_characters_are_allowed(queue):
    with refused(
        "InvalidMessageContents",
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "
        "#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
    ):
        queue.send("bell\x07")


def test_an_empty_body_is_refused(queue):
    with refused("MissingParameter", "The request must contain the parameter MessageBody."):
        queue.send("")


def test_a_message_of_one_mebibyte_arrives(queue):
    body = "x" * (MEBIBYTE - 3) + "漢"
    queue.send(body)
    assert queue.receive_one()["Body"] == body


@pytest.mark.parametrize("character", ["漢", '"', "&", "\n"])
def test_a_message_of_one_mebibyte_arrives_however_long_its_encoding_is(queue, character):
    body = character * (MEBIBYTE // len(character.encode()))
    queue.send(body)
    assert queue.receive_one()["Body"] == body


def test_a_message_of_one_mebibyte_arrives_when_every_character_is_escaped(server, queue, account):
    body = "<" * MEBIBYTE
    escaped = json.dumps({"QueueUrl": queue.url, "MessageBody": body}).replace("<", "\\u003c")
    status, _, answer = json_request(server, account, "SendMessage", escaped)
    assert status == 200, answer
    assert queue.receive_one()["Body"] == body


def test_a_message_of_one_byte_more_is_refused(queue):
    with refused("InvalidParameterValue", TOO_LONG.format(MEBIBYTE)):
        queue.send("x" * (MEBIBYTE - 2) + "漢")
    assert queue.counts() == (0, 0, 0)


def test_a_queue_can_have_a_smaller_limit(sqs):
    queue = Queue(sqs, attributes={"MaximumMessageSize": "1024"})
    queue.send("x" * 1024)
    with refused("InvalidParameterValue", TOO_LONG.format(1024)):
        queue.send("x" * 1025)


def test_attributes_count_towards_the_limit_with_name_type_and_value(sqs):
    queue = Queue(sqs, attributes={"MaximumMessageSize": "1024"})
    attribute = {"name": {"DataType": "String", "StringValue": "value"}}  # 4 + 6 + 5 bytes
    queue.send("x" * 1009, MessageAttributes=attribute)
    with refused("InvalidParameterValue", TOO_LONG.format(1024)):
        queue.send("x" * 1010, MessageAttributes=attribute)


def test_sending_to_a_queue_that_is_not_there_is_refused(sqs, queue):
    with refused(*NO_SUCH_QUEUE):
        sqs.send_message(QueueUrl=queue.url + "-not", MessageBody="x")


@pytest.mark.parametrize("seconds", [-1, 901])
def test_a_delay_beyond_the_limits_is_refused(queue, seconds):
    with refused(
        "InvalidParameterValue",
        f"Value {seconds} for parameter DelaySeconds is invalid. "
        "Reason: DelaySeconds must be >= 0 and <= 900.",
    ):
        queue.send(DelaySeconds=seconds)


def test_a_trace_header_arrives_as_a_system_attribute(queue):
    header = {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}
    sent = queue.send("x", MessageSystemAttributes={"AWSTraceHeader": header})
    assert sent["MD5OfMessageSystemAttributes"] == digest.of_attributes({"AWSTraceHeader": header})
    received = queue.receive_one(AttributeNames=["AWSTraceHeader"])
    assert received["Attributes"] == {"AWSTraceHeader": header["StringValue"]}
