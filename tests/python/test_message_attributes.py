"""Message attributes: carried, digested, selected and checked."""

import pytest
from support import digest
from support.refused import refused


def string(value, kind="String"):
    return {"DataType": kind, "StringValue": value}


def binary(value, kind="Binary"):
    return {"DataType": kind, "BinaryValue": value}


ALL_KINDS = {
    "text": string("v ä 漢 🐟"),
    "number": string("-12.50e3", "Number"),
    "binary": binary(bytes(range(256))),
    "string.custom": string("x", "String.colour"),
    "number.custom": string("7", "Number.int"),
    "binary.custom": binary(b"\x89PNG", "Binary.png"),
    "A-first_in.order": string("capitals come before small letters"),
}


def test_every_kind_of_attribute_arrives_as_it_was_sent(queue):
    sent = queue.send("x", MessageAttributes=ALL_KINDS)
    assert sent["MD5OfMessageAttributes"] == digest.of_attributes(ALL_KINDS)
    received = queue.receive_one(MessageAttributeNames=["All"])
    assert received["MessageAttributes"] == ALL_KINDS
    assert received["MD5OfMessageAttributes"] == digest.of_attributes(ALL_KINDS)


def test_attributes_are_left_out_unless_asked_for(queue):
    queue.send("x", MessageAttributes=ALL_KINDS)
    received = queue.receive_one()
    assert "MessageAttributes" not in received
    assert "MD5OfMessageAttributes" not in received


@pytest.mark.parametrize("asked, found", [
    (["text"], {"text"}),
    (["text", "number"], {"text", "number"}),
    (["string.*"], {"string.custom"}),
    (["Text"], set()),
    (["nothing"], set()),
    ([".*"], set(ALL_KINDS)),
    (["All"], set(ALL_KINDS)),
])
def test_attributes_are_selected_by_name_and_by_prefix(queue, asked, found):
    queue.send("x", MessageAttributes=ALL_KINDS)
    received = queue.receive_one(MessageAttributeNames=asked)
    assert set(received.get("MessageAttributes", {})) == found


def test_the_digest_is_that_of_the_attributes_in_the_answer(queue):
    queue.send("x", MessageAttributes=ALL_KINDS)
    received = queue.receive_one(MessageAttributeNames=["number", "binary"])
    chosen = {name: ALL_KINDS[name] for name in ["number", "binary"]}
    assert received["MD5OfMessageAttributes"] == digest.of_attributes(chosen)


def test_ten_attributes_are_allowed(queue):
    attributes = {f"name{number}": string("x") for number in range(10)}
    queue.send("x", MessageAttributes=attributes)
    assert queue.receive_one(MessageAttributeNames=["All"])["MessageAttributes"] == attributes


def test_eleven_attributes_are_refused(queue):
    with refused(
        "InvalidParameterValue", "Number of message attributes [11] exceeds the allowed maximum [10]."
    ):
        queue.send("x", MessageAttributes={f"name{n}": string("x") for n in range(11)})


def test_an_unknown_data_type_is_refused(queue):
    with refused(
        "InvalidParameterValue",
        "The type of message (user) attribute 'a' is invalid. You must use only the following "
        "supported type prefixes: Binary, Number, String.",
    ):
        queue.send("x", MessageAttributes={"a": string("x", "string")})


def test_an_empty_value_is_refused(queue):
    with refused("InvalidParameterValue"):
        queue.send("x", MessageAttributes={"a": string("")})


def test_a_number_that_is_none_is_refused(queue):
    with refused("InvalidParameterValue"):
        queue.send("x", MessageAttributes={"a": string("one", "Number")})


@pytest.mark.parametrize("name", ["AWS.a", "aws.a", "Amazon.a", "amazon.a", ".a", "a.", "a..b", "a b", "ä"])
def test_reserved_and_malformed_names_are_refused(queue, name):
    with refused("InvalidParameterValue"):
        queue.send("x", MessageAttributes={name: string("x")})


def test_a_name_has_at_most_256_characters(queue):
    queue.send("x", MessageAttributes={"n" * 256: string("x")})
    with refused("InvalidParameterValue"):
        queue.send("x", MessageAttributes={"n" * 257: string("x")})
