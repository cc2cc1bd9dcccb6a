"""FIFO topics keep what is published, and give it to subscriptions again."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError
from test_fanout import RAW, Topic, arn, text, waited

DAY = 86_400
FIFO = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}


def days(number):
    return json.dumps({"MessageRetentionPeriod": str(number)})


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


class Archived(Topic):
    """A FIFO topic that keeps what is published to it."""

    def __init__(self, server, account, name="orders.fifo", period=30):
        super().__init__(server, account, name, {**FIFO, "ArchivePolicy": days(period)})
        self.server = server

    def publish(self, message, group="g", **more):
        return super().publish(message, MessageGroupId=group, **more)

    def fifo_queue(self, name="q.fifo", attributes=None):
        return self.queue(name, {**RAW, **(attributes or {})}, FifoQueue="true")

    def attributes(self):
        return self.sns.get_topic_attributes(TopicArn=self.arn)["Attributes"]

    def set(self, name, value):
        self.sns.set_topic_attributes(TopicArn=self.arn, AttributeName=name, AttributeValue=value)

    def replay(self, queue, begins, ends=None):
        self.set_replay(queue, policy(begins, ends))

    def set_replay(self, queue, value):
        self.sns.set_subscription_attributes(
            SubscriptionArn=queue.subscription, AttributeName="ReplayPolicy", AttributeValue=value
        )

    def replayed(self, queue):
        """A subscription's policy and status."""
        found = self.sns.get_subscription_attributes(SubscriptionArn=queue.subscription)
        return tuple(found["Attributes"].get(name) for name in ("ReplayPolicy", "ReplayStatus"))

    def came(self, queue, **more):
        """What has come to a queue once everything that is due is done."""
        self.server.advance(0)
        return drained(queue, **more)

    def bodies(self, queue):
        return [message["Body"] for message in self.came(queue)]

    def beginning(self):
        return read(self.attributes()["BeginningArchiveTime"])


def policy(begins, ends=None):
    point = {"PointType": "Timestamp", "StartingPoint": written(begins)}
    return json.dumps({**point, **({"EndingPoint": written(ends)} if ends else {})})


def read(stamp):
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def drained(queue, **more):
    """Receives and deletes all that there is."""
    messages = []
    while found := queue.receive(**more):
        messages += found
        for message in found:
            queue.delete(message)
    return messages


def refused(call, *arguments, **named):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **named)
    error = caught.value.response
    status = error["ResponseMetadata"]["HTTPStatusCode"]
    return error["Error"]["Code"], status, error["Error"]["Message"]


@pytest.fixture
def topic(timed_server, account):
    return Archived(timed_server, account)


def test_a_queue_gets_again_what_was_published_and_then_what_is_new(topic):
    queue = topic.fifo_queue()
    for number in range(30):
        topic.publish(str(number))
    assert topic.bodies(queue) == [str(number) for number in range(30)]
    wanted = policy(topic.beginning())
    topic.set_replay(queue, wanted)
    assert topic.bodies(queue) == [str(number) for number in range(30)]
    assert topic.replayed(queue) == (wanted, "Completed")
    topic.publish("new")
    assert topic.bodies(queue) == ["new"]


def test_a_new_application_begins_with_what_was_published_before_it(topic):
    for number in range(3):
        topic.publish(str(number))
    begins = policy(topic.beginning())
    queue = topic.fifo_queue(attributes={"ReplayPolicy": begins})
    assert topic.bodies(queue) == ["0", "1", "2"]
    assert topic.replayed(queue) == (begins, "Completed")


def test_a_range_is_replayed_and_nothing_new_until_the_policy_is_taken_away(topic):
    queue, other = topic.fifo_queue(), topic.fifo_queue("other.fifo")
    begins = topic.beginning()
    for number in range(10):
        topic.publish(str(number))
        topic.server.advance(60)
    topic.came(queue)
    minute = timedelta(seconds=60)
    topic.replay(queue, begins + 3 * minute, begins + 6 * minute)
    assert topic.bodies(queue) == ["3", "4", "5", "6"]
    topic.publish("kept from it")
    assert topic.bodies(queue) == [] and topic.replayed(queue)[1] == "Completed"
    topic.set_replay(queue, "{}")
    assert topic.replayed(queue) == (None, None)
    topic.publish("new")
    assert topic.bodies(queue) == ["new"]
    assert len(topic.came(other)) == 12


def test_a_filter_chooses_what_is_replayed(topic):
    queue = topic.fifo_queue(attributes={"FilterPolicy": '{"colour":["red"]}'})
    for number, colour in enumerate(["red", "blue", "red", "green"]):
        topic.publish(str(number), MessageAttributes={"colour": text(colour)})
    assert topic.bodies(queue) == ["0", "2"]
    topic.sns.set_subscription_attributes(
        SubscriptionArn=queue.subscription, AttributeName="FilterPolicy",
        AttributeValue='{"colour":["blue","green"]}',
    )
    topic.replay(queue, topic.beginning())
    assert topic.bodies(queue) == ["1", "3"]


def test_a_replayed_message_is_the_published_one_with_a_mark(topic):
    wrapped = topic.queue("wrapped.fifo", FifoQueue="true")
    standard, raw = topic.queue("standard"), topic.fifo_queue()
    published = topic.publish("hello", MessageAttributes={"colour": text("red")})
    for queue in (wrapped, standard):
        first = json.loads(topic.bodies(queue)[0])
        topic.server.advance(10)
        topic.replay(queue, topic.beginning())
        again = json.loads(topic.bodies(queue)[0])
        assert "Replayed" not in first and again.pop("Replayed") == "true"
        assert again == first and again["MessageId"] == published["MessageId"]
        assert again["MessageAttributes"] == {"colour": {"Type": "String", "Value": "red"}}
    first = topic.came(raw, MessageAttributeNames=["All"], AttributeNames=["All"])[0]
    topic.replay(raw, topic.beginning())
    again = topic.came(raw, MessageAttributeNames=["All"], AttributeNames=["All"])[0]
    assert again["MessageAttributes"].pop("Replayed")["StringValue"] == "true"
    assert again["MessageAttributes"] == first["MessageAttributes"]
    assert (again["Body"], again["Attributes"]["MessageGroupId"]) == ("hello", "g")


def test_groups_keep_their_order(topic):
    queue = topic.fifo_queue()
    for number in range(40):
        topic.publish(str(number), group=f"g{number % 4}")
    topic.came(queue)
    topic.replay(queue, topic.beginning())
    messages = topic.came(queue, AttributeNames=["All"])
    for group in range(4):
        mine = [int(message["Body"]) for message in messages
                if message["Attributes"]["MessageGroupId"] == f"g{group}"]
        assert mine == list(range(group, 40, 4))


def test_a_year_of_messages_is_kept_and_no_more(timed_server, account):
    topic = Archived(timed_server, account, period=365)
    for month in range(20):
        topic.publish(str(month))
        timed_server.advance(30 * DAY)
    begins = topic.beginning()
    queue = topic.fifo_queue(attributes={"ReplayPolicy": policy(begins - timedelta(days=99))})
    assert topic.bodies(queue) == [str(month) for month in range(8, 20)]
    timed_server.advance(30 * DAY)
    assert topic.beginning() == begins + timedelta(days=30)


def test_a_shorter_period_holds_at_once(topic):
    topic.publish("old")
    topic.server.advance(5 * DAY)
    topic.publish("young")
    topic.set("ArchivePolicy", days(2))
    topic.set("ArchivePolicy", days(30))
    queue = topic.fifo_queue(
        attributes={"ReplayPolicy": policy(topic.beginning() - timedelta(days=20))}
    )
    assert topic.bodies(queue) == ["young"]


def test_a_topic_with_an_archive_is_not_deleted(topic):
    topic.publish("hello")
    assert refused(topic.sns.delete_topic, TopicArn=topic.arn) == (
        "InvalidState", 400, "Invalid state: Cannot delete a topic with an ArchivePolicy",
    )
    topic.set("ArchivePolicy", "{}")
    assert "BeginningArchiveTime" not in topic.attributes()
    topic.sns.delete_topic(TopicArn=topic.arn)


def test_without_the_archive_nothing_can_be_replayed(topic):
    queue = topic.fifo_queue()
    begins = topic.beginning()
    topic.publish("hello")
    topic.came(queue)
    topic.set("ArchivePolicy", "{}")
    assert refused(topic.replay, queue, begins) == (
        "InvalidParameter", 400,
        "Invalid parameter: ReplayPolicy: The topic has no active ArchivePolicy",
    )
    topic.set("ArchivePolicy", days(30))
    topic.replay(queue, begins)
    assert topic.bodies(queue) == [], "a new archive has nothing of the old one"


@pytest.mark.parametrize(("wrong", "why"), [
    ("x", "failed to parse JSON."),
    ("[]", "must be a JSON object."),
    ('{"PointType":"Sequence"}', "PointType must be Timestamp."),
    ('{"PointType":"Timestamp"}', "StartingPoint is missing."),
    ('{"PointType":"Timestamp","StartingPoint":"yesterday"}',
     "StartingPoint must be a timestamp such as 2024-01-31T12:00:00.000Z."),
    ('{"PointType":"Timestamp","StartingPoint":"2024-01-31T12:00:00Z",'
     '"EndingPoint":"2024-01-31T11:00:00Z"}', "EndingPoint must not be before StartingPoint."),
    ('{"PointType":"Timestamp","From":"2024-01-31T12:00:00Z"}', "unknown key From."),
])
def test_a_wrong_policy_is_refused_with_what_is_wrong(topic, wrong, why):
    queue = topic.fifo_queue()
    said = f"ReplayPolicy: {why}"
    expected = "InvalidParameter", 400, f"Invalid parameter: {said}"
    assert refused(topic.set_replay, queue, wrong) == expected
    code, status, message = refused(
        topic.sns.subscribe, TopicArn=topic.arn, Protocol="sqs",
        Endpoint=arn(topic.account, "other.fifo"), Attributes={"ReplayPolicy": wrong},
    )
    assert (code, status) == expected[:2]
    assert message == f"Invalid parameter: Attributes Reason: {said}"


@pytest.mark.parametrize("wrong", ["", "x", days(0), days(366), '{"Days":"3"}'])
def test_a_wrong_archive_policy_is_refused(topic, wrong):
    code, status, message = refused(topic.set, "ArchivePolicy", wrong)
    assert (code, status) == ("InvalidParameter", 400) and "ArchivePolicy: " in message


def test_only_fifo_topics_have_archives_and_replays(timed_server, account):
    topic = Topic(timed_server, account)
    queue = topic.queue("q")
    assert refused(
        topic.sns.set_topic_attributes, TopicArn=topic.arn, AttributeName="ArchivePolicy",
        AttributeValue=days(1),
    )[0] == "InvalidParameter"
    _, _, message = refused(
        topic.sns.set_subscription_attributes, SubscriptionArn=queue.subscription,
        AttributeName="ReplayPolicy", AttributeValue=policy(datetime.now(timezone.utc)),
    )
    assert message.endswith("Only subscriptions to FIFO topics can replay messages")


def test_kill_9_in_the_midst_of_replays_loses_and_doubles_nothing(start, tmp_path, account):
    everything = [f"{number:04}" for number in range(3000)]
    server = start("--data-dir", str(tmp_path))
    topic = Archived(server, account)
    for first in range(0, len(everything), 10):
        topic.sns.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=[
            {"Id": body, "Message": body, "MessageGroupId": "g"}
            for body in everything[first:first + 10]
        ])
    wanted = {"ReplayPolicy": policy(topic.beginning())}
    queues = [topic.fifo_queue(f"q{n}.fifo", wanted) for n in range(4)]
    assert topic.replayed(queues[-1])[1] != "Completed", "this is the midst of it"
    for _ in range(5):
        server.kill()
        server = start("--data-dir", str(tmp_path))
        topic = Archived(server, account)
        for queue in queues:
            queue.sqs = topic.sqs
            queue.url = topic.sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
        topic.publish(f"new {len(everything)}")
        everything.append(f"new {len(everything)}")
    for queue in queues:
        assert [message["Body"] for message in waited(queue, len(everything))] == everything
        assert topic.replayed(queue)[1] == "Completed"
