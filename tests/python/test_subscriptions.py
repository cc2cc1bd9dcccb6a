"""Queues subscribe to topics; subscriptions are set, listed and end."""

import json

import pytest
from support.clients import client, new_account
from support.refused import refused


def queue(account, name="q"):
    return f"arn:aws:sqs:us-east-1:{account}:{name}"


def subscribe(sns, topic, endpoint, **given):
    answer = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=endpoint, ReturnSubscriptionArn=True, Attributes=given
    )
    return answer["SubscriptionArn"]


def shown(sns, arn):
    return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def test_a_queue_of_the_callers_account_is_subscribed_at_once(sns, topic, account):
    answer = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue(account))
    arn = answer["SubscriptionArn"]
    assert arn.startswith(topic + ":")
    assert shown(sns, arn) == {
        "SubscriptionArn": arn,
        "TopicArn": topic,
        "Owner": account,
        "Protocol": "sqs",
        "Endpoint": queue(account),
        "PendingConfirmation": "false",
        "ConfirmationWasAuthenticated": "true",
        "RawMessageDelivery": "false",
    }


def test_subscribing_again_gives_the_same_arn_unless_attributes_differ(sns, topic, account):
    first = subscribe(sns, topic, queue(account), RawMessageDelivery="true")
    assert subscribe(sns, topic, queue(account)) == first
    with refused(
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
    ):
        subscribe(sns, topic, queue(account), RawMessageDelivery="false")


def test_attributes_are_set_and_taken_back(sns, topic, account):
    policy = json.dumps({"colour": ["red"]})
    redrive = json.dumps({"deadLetterTargetArn": queue(account, "dlq")})
    arn = subscribe(sns, topic, queue(account), FilterPolicy=policy)
    for name, value in [("RawMessageDelivery", "true"), ("RedrivePolicy", redrive)]:
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
    found = shown(sns, arn)
    assert (found["FilterPolicy"], found["FilterPolicyScope"]) == (policy, "MessageAttributes")
    assert (found["RawMessageDelivery"], found["RedrivePolicy"]) == ("true", redrive)
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="{}")
    assert "FilterPolicy" not in shown(sns, arn)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RawMessageDelivery", "yes"),
        ("FilterPolicy", "{"),
        ("FilterPolicyScope", "Body"),
        ("RedrivePolicy", '{"deadLetterTargetArn":"dlq"}'),
        ("Colour", "red"),
    ],
)
def test_wrong_attributes_are_refused(sns, topic, account, name, value):
    with refused("InvalidParameter"):
        subscribe(sns, topic, queue(account), **{name: value})
    arn = subscribe(sns, topic, queue(account))
    with refused("InvalidParameter"):
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)


def test_other_protocols_are_refused_by_name(sns, topic):
    for protocol in ("http", "https", "email", "sms", "lambda", "firehose", "application"):
        with refused("InvalidParameter") as caught:
            sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint="x")
        assert protocol in str(caught.value)
    with refused(
        "InvalidParameter",
        "Invalid parameter: Amazon SNS does not support this protocol string: pigeon",
    ):
        sns.subscribe(TopicArn=topic, Protocol="pigeon", Endpoint="x")
    with refused("InvalidParameter", "Invalid parameter: SQS endpoint ARN"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="http://localhost/q")


def test_a_fifo_queue_needs_a_fifo_topic(sns, topic, account):
    with refused("InvalidParameter"):
        subscribe(sns, topic, queue(account, "q.fifo"))
    fifo = sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    subscribe(sns, fifo, queue(account, "q.fifo"))
    subscribe(sns, fifo, queue(account, "q"))


def test_a_queue_of_another_account_waits_to_be_confirmed(server, sns, topic):
    other = new_account()
    answer = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue(other))
    assert answer["SubscriptionArn"] == "pending confirmation"
    arn = subscribe(sns, topic, queue(other))
    assert shown(sns, arn)["PendingConfirmation"] == "true"
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [found["SubscriptionArn"] for found in listed] == ["PendingConfirmation"]
    with refused("InvalidParameter", "Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token="0" * 96)
    theirs = client(server, other, "sns")
    assert subscribe(theirs, topic, queue(other)) == arn
    assert shown(sns, arn)["PendingConfirmation"] == "false"


def test_subscriptions_are_listed_in_pages_of_their_topic_and_of_their_owner(sns, topic, account):
    arns = {subscribe(sns, topic, queue(account, f"q{number}")) for number in range(105)}
    for name, given in [("list_subscriptions_by_topic", {"TopicArn": topic}), ("list_subscriptions", {})]:
        pages = list(sns.get_paginator(name).paginate(**given))
        assert [len(page["Subscriptions"]) for page in pages] == [100, 5]
        found = {one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]}
        assert found == arns
    shown = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert shown["SubscriptionsConfirmed"] == "105"


def test_an_ended_subscription_is_gone(sns, topic, account):
    arn = subscribe(sns, topic, queue(account))
    sns.unsubscribe(SubscriptionArn=arn)
    sns.unsubscribe(SubscriptionArn=arn)
    with refused("NotFound", "Subscription does not exist", 404):
        shown(sns, arn)
    assert sns.list_subscriptions()["Subscriptions"] == []
    with refused("InvalidParameter"):
        sns.unsubscribe(SubscriptionArn="PendingConfirmation")


def test_the_links_in_documents_work_in_whatever_region_the_topic_is(server, account):
    other, region = new_account(), "eu-west-1"
    sns, sqs = client(server, account, "sns", region), client(server, other, "sqs", region)
    topic = sns.create_topic(Name="orders")["TopicArn"]
    url = sqs.create_queue(QueueName="q")["QueueUrl"]

    def read():
        [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
        return json.loads(message["Body"])

    arn = subscribe(sns, topic, f"arn:aws:sqs:{region}:{other}:q")
    visit = lambda link: server.request("GET", link.removeprefix(server.url))[0]
    assert visit(read()["SubscribeURL"]) == 200
    assert shown(sns, arn)["PendingConfirmation"] == "false"
    sns.publish(TopicArn=topic, Message="hello")
    assert visit(read()["UnsubscribeURL"]) == 200
    with refused("NotFound", "Subscription does not exist", 404):
        shown(sns, arn)
