"""The first steps of a newcomer, with the AWS CLI."""


def test_a_message_goes_through_a_queue(aws):
    url = aws("sqs", "create-queue", "--queue-name", "orders")["QueueUrl"]
    assert aws("sqs", "get-queue-url", "--queue-name", "orders")["QueueUrl"] == url
    assert aws("sqs", "list-queues")["QueueUrls"] == [url]
    sent = aws("sqs", "send-message", "--queue-url", url, "--message-body", "two ducks")
    received = aws("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "20")
    [message] = received["Messages"]
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "two ducks")
    handle = message["ReceiptHandle"]
    aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", handle)
    attributes = aws(
        "sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All"
    )["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "0"
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "0"
    aws("sqs", "delete-queue", "--queue-url", url)
    assert aws("sqs", "list-queues") is None


def test_attributes_are_written_as_the_cli_writes_them(aws):
    url = aws(
        "sqs", "create-queue", "--queue-name", "orders",
        "--attributes", "VisibilityTimeout=45,DelaySeconds=0",
    )["QueueUrl"]
    aws(
        "sqs", "send-message", "--queue-url", url, "--message-body", "x",
        "--message-attributes", '{"colour": {"DataType": "String", "StringValue": "green"}}',
    )
    received = aws(
        "sqs", "receive-message", "--queue-url", url,
        "--attribute-names", "All", "--message-attribute-names", "All",
    )
    [message] = received["Messages"]
    assert message["MessageAttributes"] == {
        "colour": {"DataType": "String", "StringValue": "green"}
    }
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_a_bare_queue_name_serves_as_a_queue_url(aws):
    aws("sqs", "create-queue", "--queue-name", "orders")
    aws("sqs", "send-message", "--queue-url", "orders", "--message-body", "x")
    assert aws("sqs", "receive-message", "--queue-url", "orders")["Messages"][0]["Body"] == "x"


def test_visibility_is_changed(aws):
    url = aws("sqs", "create-queue", "--queue-name", "orders")["QueueUrl"]
    aws("sqs", "send-message", "--queue-url", url, "--message-body", "x")
    handle = aws("sqs", "receive-message", "--queue-url", url)["Messages"][0]["ReceiptHandle"]
    assert aws("sqs", "receive-message", "--queue-url", url) is None
    aws(
        "sqs", "change-message-visibility", "--queue-url", url, "--receipt-handle", handle,
        "--visibility-timeout", "0",
    )
    assert aws("sqs", "receive-message", "--queue-url", url)["Messages"][0]["Body"] == "x"


def test_a_refusal_reads_as_with_aws(aws):
    code, _, errors = aws.run("sqs", "get-queue-url", "--queue-name", "nowhere")
    assert code == 254 or code == 255
    assert (
        "An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl "
        "operation: The specified queue does not exist." in errors
    )


def test_the_caller_learns_its_account(aws):
    assert aws("sts", "get-caller-identity")["Account"] == aws.account
