"""Topics with the AWS CLI, as its examples use them."""

import json


def new_queue(aws, name):
    """A queue: (URL, ARN)."""
    url = aws("sqs", "create-queue", "--queue-name", name)["QueueUrl"]
    found = aws("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "QueueArn")
    return url, found["Attributes"]["QueueArn"]


def new_topic(aws, name="orders"):
    return aws("sns", "create-topic", "--name", name)["TopicArn"]


def subscribe(aws, topic, queue, **attributes):
    return aws(
        "sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", queue,
        "--attributes", json.dumps({"RawMessageDelivery": "true"} | attributes),
    )["SubscriptionArn"]


def bodies(aws, url, messages):
    """What this many messages that came to a queue say, sorted."""
    found = []
    while len(found) < messages:
        received = aws(
            "sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "20",
            "--max-number-of-messages", "10",
        )
        assert received is not None, f"only {len(found)} messages came"
        found += [message["Body"] for message in received["Messages"]]
    return sorted(found)


def colour(value):
    return json.dumps({"colour": {"DataType": "String", "StringValue": value}})


def test_a_topic_is_made_listed_described_and_deleted(aws):
    topic = aws(
        "sns", "create-topic", "--name", "orders", "--attributes", "DisplayName=Orders",
        "--tags", "Key=team,Value=ducks",
    )["TopicArn"]
    assert aws("sns", "list-topics")["Topics"] == [{"TopicArn": topic}]
    tags = aws("sns", "list-tags-for-resource", "--resource-arn", topic)["Tags"]
    assert tags == [{"Key": "team", "Value": "ducks"}]
    subscription = subscribe(aws, topic, new_queue(aws, "q")[1])
    listed = aws("sns", "list-subscriptions-by-topic", "--topic-arn", topic)["Subscriptions"]
    assert [found["SubscriptionArn"] for found in listed] == [subscription]
    attributes = aws("sns", "get-topic-attributes", "--topic-arn", topic)["Attributes"]
    assert (attributes["DisplayName"], attributes["SubscriptionsConfirmed"]) == ("Orders", "1")
    aws("sns", "unsubscribe", "--subscription-arn", subscription)
    aws("sns", "delete-topic", "--topic-arn", topic)
    assert aws("sns", "list-topics")["Topics"] == []


def test_a_message_goes_to_the_queues_whose_filters_take_it(aws):
    topic = new_topic(aws)
    (everything, everything_arn), (green, green_arn) = new_queue(aws, "all"), new_queue(aws, "green")
    subscribe(aws, topic, everything_arn)
    subscribe(aws, topic, green_arn, FilterPolicy='{"colour": ["green"]}')
    for message, of in [("two ducks", "green"), ("a fox", "red")]:
        published = aws(
            "sns", "publish", "--topic-arn", topic, "--message", message, "--message-attributes", colour(of)
        )
        assert list(published) == ["MessageId"]
    assert bodies(aws, everything, 2) == ["a fox", "two ducks"]
    assert bodies(aws, green, 1) == ["two ducks"]


def test_a_batch_is_published_and_its_wrong_entry_is_named(aws):
    topic = new_topic(aws)
    url, queue = new_queue(aws, "q")
    subscribe(aws, topic, queue)
    entries = [
        {"Id": "1", "Message": "one"},
        {"Id": "2", "Message": ""},
        {"Id": "3", "Message": "three", "Subject": "a subject"},
    ]
    answer = aws(
        "sns", "publish-batch", "--topic-arn", topic, "--publish-batch-request-entries", json.dumps(entries)
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["1", "3"]
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("2", "InvalidParameter", True)
    assert bodies(aws, url, 2) == ["one", "three"]


def test_a_refusal_reads_as_with_aws(aws):
    topic = new_topic(aws)
    gone = topic + "-that-never-was"
    for words, said in [
        (
            ("publish", "--topic-arn", gone, "--message", "x"),
            "An error occurred (NotFound) when calling the Publish operation: Topic does not exist",
        ),
        (
            ("publish", "--topic-arn", topic, "--message", ""),
            "An error occurred (InvalidParameter) when calling the Publish operation: "
            "Invalid parameter: Empty message",
        ),
        (
            ("subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", "q"),
            "An error occurred (InvalidParameter) when calling the Subscribe operation: "
            "Invalid parameter: SQS endpoint ARN",
        ),
        (
            ("get-subscription-attributes", "--subscription-arn", topic + ":6b0e71bd-7e97-4d97-80ce-4a0994e55286"),
            "An error occurred (NotFound) when calling the GetSubscriptionAttributes operation: "
            "Subscription does not exist",
        ),
        (
            ("publish-batch", "--topic-arn", topic, "--publish-batch-request-entries", "[]"),
            "An error occurred (EmptyBatchRequest) when calling the PublishBatch operation: "
            "The batch request doesn't contain any entries.",
        ),
    ]:
        code, _, errors = aws.run("sns", *words)
        assert code in (254, 255)
        assert said in errors
