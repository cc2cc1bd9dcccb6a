"""Message groups in standard queues: a noisy group does not delay the others."""

import json

import pytest
from support.queue import Queue
from support.refused import refused

INVALID = "InvalidParameterValue"


def groups(messages):
    return [message["Attributes"].get("MessageGroupId") for message in messages]


def receive(queue, **more):
    return queue.receive(AttributeNames=["All"], **more)


def make_noisy(queue, waiting=200, in_flight=50):
    for start in range(0, waiting + in_flight, 10):
        entries = [
            {"Id": str(n), "MessageBody": f"noisy {start + n}", "MessageGroupId": "noisy"}
            for n in range(10)
        ]
        answer = queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
        assert len(answer["Successful"]) == 10
        assert "SequenceNumber" not in answer["Successful"][0]
    for _ in range(in_flight // 10):
        assert groups(receive(queue)) == ["noisy"] * 10


def test_a_receiver_is_told_the_group_if_he_asks(queue):
    queue.send("a", MessageGroupId="tenant-1")
    message = queue.receive_one(AttributeNames=["MessageGroupId"])
    assert message["Attributes"] == {"MessageGroupId": "tenant-1"}
    queue.send("b", MessageGroupId="tenant-1")
    assert "Attributes" not in queue.receive_one()
    queue.send("c")
    assert "MessageGroupId" not in queue.receive_one(AttributeNames=["All"])["Attributes"]


def test_a_quiet_message_overtakes_a_noisy_backlog(queue):
    make_noisy(queue)
    queue.send("quiet", MessageGroupId="quiet")
    queue.send("nobody's")
    received = receive(queue)
    assert [message["Body"] for message in received[:2]] == ["quiet", "nobody's"]
    assert groups(received[2:]) == ["noisy"] * 8
    assert queue.counts() == (192 - 50 + 50, 60, 0)


def test_a_noisy_group_is_received_when_nobody_else_waits(queue):
    make_noisy(queue, waiting=20, in_flight=20)
    assert groups(receive(queue)) == ["noisy"] * 10
    assert groups(receive(queue)) == ["noisy"] * 10
    assert receive(queue) == []


def test_messages_of_one_group_are_received_at_the_same_time(queue):
    for body in "ab":
        queue.send(body, MessageGroupId="g")
    assert len(queue.receive(MaxNumberOfMessages=1)) == 1
    assert len(queue.receive(MaxNumberOfMessages=1)) == 1


def test_a_message_of_a_group_may_be_delayed(timed_server, timed_queue):
    timed_queue.send("late", MessageGroupId="g", DelaySeconds=5)
    assert timed_queue.receive() == []
    timed_server.advance(5)
    assert groups(receive(timed_queue)) == ["g"]


def test_a_batch_may_mix_groups_and_none(queue):
    entries = [
        {"Id": "a", "MessageBody": "a", "MessageGroupId": "g"},
        {"Id": "b", "MessageBody": "b"},
        {"Id": "c", "MessageBody": "c", "MessageGroupId": "not valid"},
    ]
    answer = queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
    assert sorted(entry["Id"] for entry in answer["Successful"]) == ["a", "b"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("c", INVALID)]


@pytest.mark.parametrize("group", ["a b", "ä", "x" * 129])
def test_a_groups_id_is_made_of_letters_digits_and_punctuation(queue, group):
    reason = "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length."
    expected = f"Value {group} for parameter MessageGroupId is invalid. Reason: {reason}"
    with refused(INVALID, expected):
        queue.send("x", MessageGroupId=group)


def test_a_dead_letter_and_a_moved_message_keep_their_group(timed_server, timed_sqs):
    dead = Queue(timed_sqs, "dead")
    policy = {"deadLetterTargetArn": dead.attributes("QueueArn")["QueueArn"], "maxReceiveCount": 1}
    source = Queue(timed_sqs, "source", {"RedrivePolicy": json.dumps(policy)})
    source.send("poison", MessageGroupId="tenant")
    source.receive(VisibilityTimeout=0)
    assert source.receive() == []
    timed_server.advance(1)
    assert groups(receive(dead, VisibilityTimeout=0)) == ["tenant"]
    timed_sqs.start_message_move_task(SourceArn=policy["deadLetterTargetArn"])
    timed_server.advance(5)
    assert groups(receive(source)) == ["tenant"]
