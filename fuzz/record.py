"""Writes what boto3 puts on the wire into the corpus: `python fuzz/record.py`, with each of the two boto3 of
tests/python. Nothing is sent: requests are caught before they leave."""

import json
from pathlib import Path

import boto3

CORPUS = Path(__file__).parent / "corpus"
URL = "http://localhost:4566/000000000000/q"
ARN = "arn:aws:sqs:us-east-1:000000000000:q"
ATTRIBUTES = {
    "kind": {"DataType": "String", "StringValue": 'é "quoted" <tag>'},
    "count": {"DataType": "Number.int", "StringValue": "-7"},
    "blob": {"DataType": "Binary", "BinaryValue": b"\x00\xff\x10"},
}
TRACE = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}
REDRIVE = json.dumps({"deadLetterTargetArn": ARN + "d.fifo", "maxReceiveCount": 3})
FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "RedrivePolicy": REDRIVE}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})

CALLS = {
    "sqs": {
        "AddPermission": dict(
            QueueUrl=URL, Label="l", AWSAccountIds=["111122223333", "444455556666"], Actions=["SendMessage", "*"]
        ),
        "CancelMessageMoveTask": dict(TaskHandle="eyJ0YXNrSWQiOiJ4In0="),
        "ChangeMessageVisibility": dict(QueueUrl=URL, ReceiptHandle="AQEB/+h=", VisibilityTimeout=43200),
        "ChangeMessageVisibilityBatch": dict(
            QueueUrl=URL,
            Entries=[dict(Id="1", ReceiptHandle="AQEB", VisibilityTimeout=0), dict(Id="a-b_c", ReceiptHandle="x")],
        ),
        "CreateQueue": dict(QueueName="q.fifo", Attributes=FIFO, tags={"team": "one", "Ω": ""}),
        "DeleteMessage": dict(QueueUrl=URL, ReceiptHandle="AQEB"),
        "DeleteMessageBatch": dict(QueueUrl=URL, Entries=[dict(Id="1", ReceiptHandle="AQEB")]),
        "DeleteQueue": dict(QueueUrl=URL),
        "GetQueueAttributes": dict(QueueUrl=URL, AttributeNames=["All", "QueueArn"]),
        "GetQueueUrl": dict(QueueName="q", QueueOwnerAWSAccountId="000000000000"),
        "ListDeadLetterSourceQueues": dict(QueueUrl=URL, MaxResults=10, NextToken="cQ"),
        "ListMessageMoveTasks": dict(SourceArn=ARN, MaxResults=10),
        "ListQueueTags": dict(QueueUrl=URL),
        "ListQueues": dict(QueueNamePrefix="q", MaxResults=1000, NextToken="cQ"),
        "PurgeQueue": dict(QueueUrl=URL),
        "ReceiveMessage": dict(
            QueueUrl=URL,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=20,
            VisibilityTimeout=1,
            AttributeNames=["All"],
            MessageAttributeNames=["a.*", "All"],
            ReceiveRequestAttemptId="r",
        ),
        "RemovePermission": dict(QueueUrl=URL, Label="l"),
        "SendMessage": dict(
            QueueUrl=URL,
            MessageBody='hello & <b>"ü"</b> \U0001f600\n',
            DelaySeconds=900,
            MessageAttributes=ATTRIBUTES,
            MessageSystemAttributes=TRACE,
            MessageDeduplicationId="d",
            MessageGroupId="g",
        ),
        "SendMessageBatch": dict(
            QueueUrl=URL,
            Entries=[
                dict(Id="1", MessageBody="one", MessageAttributes=ATTRIBUTES),
                dict(Id="2", MessageBody="two", DelaySeconds=1),
            ],
        ),
        "SetQueueAttributes": dict(QueueUrl=URL, Attributes={"VisibilityTimeout": "30", "Policy": POLICY}),
        "StartMessageMoveTask": dict(SourceArn=ARN, DestinationArn=ARN + "2", MaxNumberOfMessagesPerSecond=500),
        "TagQueue": dict(QueueUrl=URL, Tags={"a": "b", "c": "d"}),
        "UntagQueue": dict(QueueUrl=URL, TagKeys=["a", "c"]),
    },
    "sts": {
        "GetCallerIdentity": {},
        "AssumeRole": dict(
            RoleArn="arn:aws:iam::000000000000:role/r",
            RoleSessionName="session",
            DurationSeconds=900,
            Tags=[dict(Key="k", Value="v")],
        ),
        "GetSessionToken": dict(DurationSeconds=3600),
    },
}


class Caught(Exception):
    pass


def write(target, name, *lines):
    path = CORPUS / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(lines))


def catch(operation):
    def caught(request, **_):
        headers, body = request.headers, request.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        text = lambda name: headers.get(name, b"") if isinstance(headers.get(name, b""), bytes) else headers[name].encode()
        target, kind = text("X-Amz-Target"), text("Content-Type")
        if target:
            write("json", operation, operation.encode(), body)
            write("address", "json", target, kind, b"", b"{}")
        else:
            write("query", operation, b"", body)
            write("address", "query", b"", kind, b"", body)
        raise Caught

    return caught


def main():
    for service, calls in CALLS.items():
        client = boto3.client(
            service, region_name="us-east-1", aws_access_key_id="000000000000", aws_secret_access_key="x"
        )
        for operation, members in calls.items():
            if operation not in client.meta.service_model.operation_names:
                continue
            client.meta.events.register(f"before-send.{service}.{operation}", catch(operation))
            method = client.meta.method_to_api_mapping
            name = next(name for name, known in method.items() if known == operation)
            try:
                getattr(client, name)(**members)
            except Caught:
                pass


main()
