"""AWS's quotas of topics, where they are asked for."""

import pytest
from support.clients import REGION, client
from support.refused import refused

FILTER = '{"colour": ["red"]}'


@pytest.fixture
def limited(start, account):
    """A client of a server with AWS's quotas and a clock that stands still."""
    server = start("--memory", "--clock", "manual", "--limits", "aws")
    return client(server, account, "sns")


def queue(account, name):
    return f"arn:aws:sqs:{REGION}:{account}:{name}"


def subscribe(sns, topic, endpoint, **attributes):
    answer = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=attributes, ReturnSubscriptionArn=True
    )
    return answer["SubscriptionArn"]


def set_filter(sns, arn, policy):
    sns.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=policy
    )


def test_a_topic_has_two_hundred_filter_policies(limited, account):
    topic = limited.create_topic(Name="orders")["TopicArn"]
    first, *_ = [
        subscribe(limited, topic, queue(account, f"q{number}"), FilterPolicy=FILTER)
        for number in range(200)
    ]
    too_many = lambda: refused(
        "FilterPolicyLimitExceeded", "Filter policy limit exceeded for the topic", 403
    )
    with too_many():
        subscribe(limited, topic, queue(account, "one-more"), FilterPolicy=FILTER)
    plain = subscribe(limited, topic, queue(account, "one-more"))
    with too_many():
        set_filter(limited, plain, FILTER)
    set_filter(limited, first, '{"colour": ["green"]}')
    set_filter(limited, first, "{}")
    set_filter(limited, plain, FILTER)


def test_a_fifo_topic_has_a_hundred_subscriptions(limited, account):
    topic = limited.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    for number in range(100):
        subscribe(limited, topic, queue(account, f"q{number}"))
    with refused("SubscriptionLimitExceeded", status=403):
        subscribe(limited, topic, queue(account, "one-more"))


def batch(sns, topic, start, size=1):
    entries = [
        {
            "Id": str(number), "Message": "x" * size, "MessageGroupId": "g",
            "MessageDeduplicationId": f"{start}-{number}",
        }
        for number in range(10)
    ]
    return sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)


def test_a_fifo_topic_takes_three_thousand_messages_a_second(limited):
    given = {"FifoTopic": "true", "FifoThroughputScope": "Topic"}
    topic = limited.create_topic(Name="orders.fifo", Attributes=given)["TopicArn"]
    for start in range(300):
        batch(limited, topic, start)
    throttled = lambda: refused("Throttling", "Rate exceeded", 400)
    with throttled():
        batch(limited, topic, 300)
    with throttled():
        limited.publish(TopicArn=topic, Message="x", MessageGroupId="h", MessageDeduplicationId="1")
    limited.set_topic_attributes(
        TopicArn=topic, AttributeName="FifoThroughputScope", AttributeValue="MessageGroup"
    )
    batch(limited, topic, 300)


def test_a_fifo_topic_takes_twenty_mebibytes_a_second(limited):
    given = {"FifoTopic": "true", "MaximumMessageSize": "1048576"}
    topic = limited.create_topic(Name="orders.fifo", Attributes=given)["TopicArn"]
    for start in range(20):
        batch(limited, topic, start, size=104_857)
    with refused("Throttling", "Rate exceeded", 400):
        batch(limited, topic, 20, size=104_857)
