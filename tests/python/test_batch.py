"""Batches: each entry succeeds or fails for itself, a bad request fails as a whole."""

import pytest
from support import digest
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


PREFIX = "AWS.SimpleQueueService."


def entry(number, **more):
    return {"Id": f"id-{number}", "MessageBody": f"body {number}", **more}


def send(queue, entries):
    return queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)


def delete(queue, entries):
    return queue.sqs.delete_message_batch(QueueUrl=queue.url, Entries=entries)


def change(queue, entries):
    return queue.sqs.change_message_visibility_batch(QueueUrl=queue.url, Entries=entries)


def received_entries(queue, **more):
    return [
        {"Id": f"id-{number}", "ReceiptHandle": message["ReceiptHandle"], **more}
        for number, message in enumerate(queue.receive())
    ]


def test_ten_messages_are_sent_at_once(queue):
    answer = send(queue, [entry(number) for number in range(10)])
    assert not answer.get("Failed")
    ids = {}
    for number, sent in enumerate(answer["Successful"]):
        assert sent["Id"] == f"id-{number}"
        assert sent["MD5OfMessageBody"] == digest.of_body(f"body {number}")
        ids[sent["MessageId"]] = f"body {number}"
    assert {message["MessageId"]: message["Body"] for message in queue.receive()} == ids


def test_each_entry_has_attributes_and_a_delay_of_its_own(queue):
    attributes = {"a": {"DataType": "String", "StringValue": "x"}}
    answer = send(queue, [
        entry(1, MessageAttributes=attributes), entry(2, DelaySeconds=900), entry(3),
    ])
    by_id = {sent["Id"]: sent for sent in answer["Successful"]}
    assert by_id["id-1"]["MD5OfMessageAttributes"] == digest.of_attributes(attributes)
    assert "MD5OfMessageAttributes" not in by_id["id-3"]
    assert queue.counts() == (2, 0, 1)


def test_a_bad_entry_fails_and_the_others_succeed(queue):
    answer = send(queue, [entry(1), entry(2, DelaySeconds=901), entry(3, MessageBody="\x07")])
    assert [sent["Id"] for sent in answer["Successful"]] == ["id-1"]
    failed = {each["Id"]: each for each in answer["Failed"]}
    assert failed["id-2"]["Code"] == "InvalidParameterValue"
    assert failed["id-2"]["Message"] == (
        "Value 901 for parameter DelaySeconds is invalid. "
        "Reason: DelaySeconds must be >= 0 and <= 900."
    )
    assert failed["id-3"]["Code"] == "InvalidMessageContents"
    assert all(each["SenderFault"] is True for each in failed.values())
    assert queue.bodies() == ["body 1"]


@pytest.mark.parametrize("call, kind", [
    (send, "SendMessageBatchRequestEntry"),
    (delete, "DeleteMessageBatchRequestEntry"),
    (change, "ChangeMessageVisibilityBatchRequestEntry"),
])
def test_an_empty_batch_is_refused(queue, call, kind):
    with refused(
        PREFIX + "EmptyBatchRequest", f"There should be at least one {kind} in the request."
    ):
        call(queue, [])


def test_more_than_ten_entries_are_refused(queue):
    with refused(
        PREFIX + "TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent 11.",
    ):
        send(queue, [entry(number) for number in range(11)])
    assert queue.counts() == (0, 0, 0)


def test_ids_must_differ(queue):
    with refused(PREFIX + "BatchEntryIdsNotDistinct", "Id id-1 repeated."):
        send(queue, [entry(1), entry(2), entry(1)])
    assert queue.counts() == (0, 0, 0)


@pytest.mark.parametrize("identity", ["", "a b", "a.b", "ä", "x" * 81])
def test_malformed_ids_are_refused(queue, identity):
    with refused(
        PREFIX + "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        "It can be at most 80 letters long.",
    ):
        send(queue, [entry(1, Id=identity)])


def test_all_entries_together_have_the_limit_of_one_message(queue):
    half = "x" * 512 * 1024
    send(queue, [entry(1, MessageBody=half), entry(2, MessageBody=half)])
    with refused(
        PREFIX + "BatchRequestTooLong",
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
    ):
        send(queue, [entry(1, MessageBody=half), entry(2, MessageBody=half + "x")])
    assert queue.counts() == (2, 0, 0)


def test_received_messages_are_deleted_at_once(queue):
    send(queue, [entry(number) for number in range(10)])
    entries = received_entries(queue)
    answer = delete(queue, entries)
    assert [each["Id"] for each in answer["Successful"]] == [each["Id"] for each in entries]
    assert not answer.get("Failed")
    assert queue.counts() == (0, 0, 0)


def test_a_receipt_handle_that_never_was_one_fails_alone(queue):
    queue.send()
    entries = received_entries(queue) + [{"Id": "bad", "ReceiptHandle": "abc"}]
    answer = delete(queue, entries)
    assert [each["Id"] for each in answer["Successful"]] == ["id-0"]
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"]) == ("bad", "ReceiptHandleIsInvalid")
    assert failed["SenderFault"] is True


def test_a_message_named_twice_is_deleted_once(queue):
    send(queue, [entry(1), entry(2)])
    entries = received_entries(queue)
    again = {"Id": "again", "ReceiptHandle": entries[0]["ReceiptHandle"]}
    answer = delete(queue, [entries[0], again])
    assert [each["Id"] for each in answer["Successful"]] == [entries[0]["Id"], "again"]
    assert queue.counts() == (0, 1, 0)


def test_of_two_timeouts_for_one_message_the_last_one_holds(queue):
    queue.send()
    entries = received_entries(queue, VisibilityTimeout=0)
    last = {**entries[0], "Id": "last", "VisibilityTimeout": 100}
    assert len(change(queue, [entries[0], last])["Successful"]) == 2
    assert queue.counts() == (0, 1, 0)


def test_visibility_timeouts_are_changed_at_once(queue):
    send(queue, [entry(number) for number in range(5)])
    entries = received_entries(queue, VisibilityTimeout=0)
    entries[0]["VisibilityTimeout"] = 100
    assert len(change(queue, entries)["Successful"]) == 5
    assert queue.counts() == (4, 1, 0)


def test_a_timeout_beyond_its_limits_fails_alone(queue):
    send(queue, [entry(1), entry(2)])
    entries = received_entries(queue, VisibilityTimeout=0)
    entries[0]["VisibilityTimeout"] = 43201
    answer = change(queue, entries)
    assert [each["Id"] for each in answer["Successful"]] == ["id-1"]
    assert [each["Code"] for each in answer["Failed"]] == ["InvalidParameterValue"]


@pytest.mark.parametrize("call, more", [
    (send, {"MessageBody": "x"}),
    (delete, {"ReceiptHandle": "x"}),
    (change, {"ReceiptHandle": "x", "VisibilityTimeout": 0}),
])
def test_a_batch_for_a_queue_that_is_not_there_is_refused(sqs, call, more):
    queue = Queue(sqs)
    queue.url += "-not"
    with refused(*NO_SUCH_QUEUE):
        call(queue, [{"Id": "a", **more}])
