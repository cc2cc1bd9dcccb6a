"""Dead-letter queues: when messages go there, what they keep, and what the policies may say."""

import json

import pytest
from support.clients import client
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


def arn(queue):
    return queue.attributes("QueueArn")["QueueArn"]


def policy(dead, count=2):
    return json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": count})


def change(queue, **attributes):
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=attributes)


@pytest.fixture
def dead(timed_sqs):
    return Queue(timed_sqs, "dead")


@pytest.fixture
def source(timed_sqs, dead):
    return Queue(timed_sqs, "source", {"RedrivePolicy": policy(dead)})


def fail(queue, times):
    for _ in range(times):
        queue.receive(VisibilityTimeout=0)


def test_a_message_goes_after_its_last_receive(timed_server, source, dead):
    sent = source.send("poison", MessageAttributes={
        "colour": {"DataType": "String", "StringValue": "red"},
    })
    fail(source, 2)
    assert source.receive() == []
    message = dead.receive_one(
        WaitTimeSeconds=20, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "poison"
    assert message["MessageAttributes"]["colour"]["StringValue"] == "red"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn(source)
    timed_server.advance(1)
    assert source.counts() == (0, 0, 0)


def test_a_message_that_is_deleted_in_time_never_goes(timed_server, source, dead):
    source.send()
    fail(source, 1)
    source.delete(source.receive_one())
    timed_server.advance(100)
    assert source.receive() == []
    assert dead.counts() == (0, 0, 0)


def test_a_dead_letter_is_as_old_as_it_was(timed_server, source, dead):
    change(dead, MessageRetentionPeriod="100")
    source.send()
    before = source.receive_one(VisibilityTimeout=0, AttributeNames=["SentTimestamp"])
    timed_server.advance(60)
    fail(source, 2)
    after = dead.receive_one(
        WaitTimeSeconds=20, VisibilityTimeout=0, AttributeNames=["SentTimestamp"]
    )
    assert after["Attributes"] == before["Attributes"]
    timed_server.advance(39)
    assert dead.counts() == (1, 0, 0)
    timed_server.advance(1)
    assert dead.counts() == (0, 0, 0)


def test_a_dead_letter_whose_queue_is_deleted_stays(timed_server, source, dead):
    source.send("poison")
    fail(source, 2)
    dead.sqs.delete_queue(QueueUrl=dead.url)
    assert source.receive() == []
    timed_server.advance(1)
    assert source.bodies() == ["poison"]


def test_policies_are_kept_and_taken_back_by_empty_ones(source, dead):
    assert json.loads(source.attributes("RedrivePolicy")["RedrivePolicy"]) == {
        "deadLetterTargetArn": arn(dead), "maxReceiveCount": 2,
    }
    change(source, RedrivePolicy=policy(dead, "7"))
    assert json.loads(source.attributes("All")["RedrivePolicy"])["maxReceiveCount"] == 7
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [arn(source)]}
    change(dead, RedriveAllowPolicy=json.dumps(allow))
    assert json.loads(dead.attributes("RedriveAllowPolicy")["RedriveAllowPolicy"]) == allow
    change(source, RedrivePolicy="")
    change(dead, RedriveAllowPolicy="")
    assert source.attributes("RedrivePolicy") == {}
    assert dead.attributes("RedriveAllowPolicy") == {}


@pytest.mark.parametrize("given, reason", [
    ({"maxReceiveCount": 3},
     "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
    ({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000001:nowhere"},
     "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
    ({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:{account}:nowhere", "maxReceiveCount": 3},
     "Dead letter target does not exist."),
    ({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000001:q", "maxReceiveCount": 3},
     "Dead-letter target owner should be same as the source."),
    ({"deadLetterTargetArn": "nowhere", "maxReceiveCount": 3},
     "Invalid value for deadLetterTargetArn."),
    ({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000001:q", "maxReceiveCount": 1001},
     "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive."),
])
def test_a_policy_that_makes_no_sense_is_refused(queue, account, given, reason):
    text = json.dumps(given).replace("{account}", account)
    with refused("InvalidParameterValue") as caught:
        change(queue, RedrivePolicy=text)
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("Value {")
    assert message.endswith(f"for parameter RedrivePolicy is invalid. Reason: {reason}")
    assert queue.attributes("RedrivePolicy") == {}


@pytest.mark.parametrize("permission, allowed", [("allowAll", True), ("denyAll", False)])
def test_a_dead_letter_queue_says_whose_letters_it_takes(sqs, permission, allowed):
    allow = json.dumps({"redrivePermission": permission})
    dead = Queue(sqs, "dead", {"RedriveAllowPolicy": allow})
    if allowed:
        Queue(sqs, "source", {"RedrivePolicy": policy(dead)})
    else:
        with refused("InvalidParameterValue"):
            Queue(sqs, "source", {"RedrivePolicy": policy(dead)})


def test_a_dead_letter_queue_takes_letters_of_those_it_names(sqs):
    dead, first, second = (Queue(sqs, name) for name in ["dead", "first", "second"])
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [arn(first)]}
    change(dead, RedriveAllowPolicy=json.dumps(allow))
    change(first, RedrivePolicy=policy(dead))
    with refused("InvalidParameterValue"):
        change(second, RedrivePolicy=policy(dead))


@pytest.mark.parametrize("given", [
    "{", "[]", "{}", '{"redrivePermission": "some"}', '{"redrivePermission": "byQueue"}',
    '{"redrivePermission": "denyAll", "sourceQueueArns": ["arn:aws:sqs:us-east-1:000000000001:q"]}',
])
def test_an_allow_policy_that_makes_no_sense_is_refused(queue, given):
    with refused("InvalidParameterValue"):
        change(queue, RedriveAllowPolicy=given)


def sources(queue, **more):
    return queue.sqs.list_dead_letter_source_queues(QueueUrl=queue.url, **more)


def test_source_queues_are_listed_in_pages(sqs):
    dead = Queue(sqs, "dead")
    assert sources(dead).get("queueUrls", []) == []
    urls = [Queue(sqs, name, {"RedrivePolicy": policy(dead)}).url for name in "abc"]
    assert sources(dead)["queueUrls"] == urls
    page = sources(dead, MaxResults=2)
    assert page["queueUrls"] == urls[:2]
    last = sources(dead, MaxResults=2, NextToken=page["NextToken"])
    assert last["queueUrls"] == urls[2:]
    assert "NextToken" not in last
    sqs.delete_queue(QueueUrl=urls[0])
    assert sources(dead)["queueUrls"] == urls[1:]


def test_a_queue_that_is_not_there_has_no_sources(queue):
    queue.url += "-not"
    with refused(*NO_SUCH_QUEUE):
        sources(queue)


def test_kills_neither_lose_nor_double_dead_letters(start, tmp_path, account):
    bodies = []
    for life in range(5):
        server = start("--data-dir", str(tmp_path))
        sqs = client(server, account)
        dead = Queue(sqs, "dead")
        source = Queue(sqs, "source", {"RedrivePolicy": policy(dead, 1)})
        bodies += [f"m{life}-{number}" for number in range(9)]
        for body in bodies[-9:]:
            source.send(body)
        fail(source, 3)
        server.kill()
    sqs = client(start("--data-dir", str(tmp_path)), account)
    dead, source = Queue(sqs, "dead"), Queue(sqs, "source")
    found = []
    for _ in bodies:
        fail(source, 2)
        found += dead.bodies(WaitTimeSeconds=0 if len(found) >= len(bodies) else 5)
    assert sorted(found) == bodies
    assert source.receive() == []
