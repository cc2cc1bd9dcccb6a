"""Topics with the AWS CLI, as its examples use them."""


def test_a_topic_is_subscribed_to_and_published_to(aws):
    topic = aws(
        "sns", "create-topic", "--name", "orders", "--attributes", "DisplayName=Orders",
        "--tags", "Key=team,Value=ducks",
    )["TopicArn"]
    assert aws("sns", "list-topics")["Topics"] == [{"TopicArn": topic}]
    queue = f"arn:aws:sqs:us-east-1:{aws.account}:orders"
    subscription = aws(
        "sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", queue,
        "--attributes", '{"FilterPolicy": "{\\"colour\\": [\\"green\\"]}"}',
    )["SubscriptionArn"]
    listed = aws("sns", "list-subscriptions-by-topic", "--topic-arn", topic)["Subscriptions"]
    assert [found["SubscriptionArn"] for found in listed] == [subscription]
    published = aws(
        "sns", "publish", "--topic-arn", topic, "--message", "two ducks", "--message-attributes",
        '{"colour": {"DataType": "String", "StringValue": "green"}}',
    )
    assert list(published) == ["MessageId"]
    attributes = aws("sns", "get-topic-attributes", "--topic-arn", topic)["Attributes"]
    assert (attributes["DisplayName"], attributes["SubscriptionsConfirmed"]) == ("Orders", "1")
    aws("sns", "unsubscribe", "--subscription-arn", subscription)
    aws("sns", "delete-topic", "--topic-arn", topic)
    code, _, errors = aws.run("sns", "publish", "--topic-arn", topic, "--message", "more ducks")
    assert code != 0 and "(NotFound)" in errors
