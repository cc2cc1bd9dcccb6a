"""Data that an earlier version of the program has written: how it was filled, and what is to be read of it."""

import hashlib
import json
from urllib.parse import urlsplit

import boto3

from .clients import client

ACCOUNT, OTHER = "111111111111", "222222222222"


def fill(server):
    """Every kind of resource and of message; answers temporary credentials that are to stay good."""
    sqs = client(server, ACCOUNT)
    _standard(sqs)
    _fair(sqs)
    _fifo(sqs)
    _moving(sqs)
    other = client(server, OTHER, region="eu-west-1")
    url = other.create_queue(QueueName="elsewhere")["QueueUrl"]
    other.send_message(QueueUrl=url, MessageBody="in another account and region")
    sns = client(server, ACCOUNT, "sns")
    _topics(sns, sqs)
    _archive(sns, sqs)
    _mobile(sns)
    gone = sqs.create_queue(QueueName="deleted")["QueueUrl"]
    for number in range(50):
        sqs.send_message(QueueUrl=gone, MessageBody=f"gone {number}")
    sqs.delete_queue(QueueUrl=gone)
    given = client(server, ACCOUNT, "sts").get_session_token(DurationSeconds=129600)["Credentials"]
    return {name: given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")}


def _arn(sqs, url):
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def _redrive(arn, count):
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": count})


def _policy(arn, service="sqs"):
    statement = {
        "Sid": "everybody", "Effect": "Allow", "Principal": "*",
        "Action": f"{service}:{'SendMessage' if service == 'sqs' else 'Publish'}", "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _standard(sqs):
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    url = sqs.create_queue(
        QueueName="orders",
        Attributes={
            "VisibilityTimeout": "60",
            "RedrivePolicy": _redrive(_arn(sqs, dead), 2),
            "MessageRetentionPeriod": "1209600",
        },
        tags={"team": "blue", "stage": "test"},
    )["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _policy(_arn(sqs, url))})
    for body in ("dead", "in flight", "returned", "deleted"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    for _ in range(2):
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]:
            handle = message["ReceiptHandle"]
            if message["Body"] == "dead" or (message["Body"] == "returned"):
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            elif message["Body"] == "deleted":
                sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    sqs.send_message(QueueUrl=url, MessageBody="delayed", DelaySeconds=900)
    for number in range(30):
        sqs.send_message(
            QueueUrl=url,
            MessageBody=f"waiting {number} ü",
            MessageAttributes={
                "binary": {"DataType": "Binary", "BinaryValue": bytes([number])},
                "text": {"DataType": "String.kind", "StringValue": f"value {number}"},
            },
            MessageSystemAttributes={
                "AWSTraceHeader": {
                    "DataType": "String",
                    "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793",
                }
            },
        )
    sqs.send_message(QueueUrl=url, MessageBody="large " + "x" * 200_000)


def _fair(sqs):
    url = sqs.create_queue(QueueName="fair")["QueueUrl"]
    for number in range(20):
        group = "noisy" if number % 4 else f"quiet-{number}"
        sqs.send_message(QueueUrl=url, MessageBody=f"fair {number}", MessageGroupId=group)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3)


def _fifo(sqs):
    dead = sqs.create_queue(QueueName="dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    url = sqs.create_queue(
        QueueName="orders.fifo",
        Attributes={
            "FifoQueue": "true",
            "ContentBasedDeduplication": "true",
            "DeduplicationScope": "messageGroup",
            "FifoThroughputLimit": "perMessageGroupId",
            "RedrivePolicy": _redrive(_arn(sqs, dead), 3),
        },
    )["QueueUrl"]
    for number in range(24):
        sqs.send_message(QueueUrl=url, MessageBody=f"step {number}", MessageGroupId=f"group-{number % 4}")
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)


def _moving(sqs):
    dead = sqs.create_queue(QueueName="moved-from")["QueueUrl"]
    source = sqs.create_queue(
        QueueName="moved-to", Attributes={"RedrivePolicy": _redrive(_arn(sqs, dead), 1)}
    )["QueueUrl"]
    for number in range(9):
        sqs.send_message(QueueUrl=dead, MessageBody=f"to be moved {number}")
    sqs.start_message_move_task(
        SourceArn=_arn(sqs, dead), DestinationArn=_arn(sqs, source), MaxNumberOfMessagesPerSecond=1
    )


def _topics(sns, sqs):
    topic = sns.create_topic(
        Name="news", Attributes={"DisplayName": "News"}, Tags=[{"Key": "team", "Value": "blue"}]
    )["TopicArn"]
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=_policy(topic, "sns")
    )
    inboxes = {
        "inbox-all": {},
        "inbox-raw": {"RawMessageDelivery": "true"},
        "inbox-filtered": {"FilterPolicy": json.dumps({"kind": ["a", {"prefix": "b"}]})},
        "inbox-body": {
            "FilterPolicy": json.dumps({"size": [{"numeric": [">", 3]}]}),
            "FilterPolicyScope": "MessageBody",
        },
    }
    for name, attributes in inboxes.items():
        arn = _arn(sqs, sqs.create_queue(QueueName=name)["QueueUrl"])
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    letters = _arn(sqs, sqs.create_queue(QueueName="inbox-dead")["QueueUrl"])
    nobody = "arn:aws:sqs:us-east-1:111111111111:nobody"
    sqs.create_queue(QueueName="nobody")
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=nobody,
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": letters})},
    )
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="nobody")["QueueUrl"])
    pending = f"arn:aws:sqs:us-east-1:{OTHER}:theirs"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=pending)
    for number in range(8):
        sns.publish(
            TopicArn=topic,
            Subject=f"subject {number}",
            Message=json.dumps({"size": number}),
            MessageAttributes={
                "kind": {"DataType": "String", "StringValue": "abc"[number % 3]}
            },
        )


def _archive(sns, sqs):
    topic = sns.create_topic(
        Name="ledger.fifo",
        Attributes={
            "FifoTopic": "true",
            "ContentBasedDeduplication": "true",
            "ArchivePolicy": json.dumps({"MessageRetentionPeriod": 30}),
        },
    )["TopicArn"]
    inbox = sqs.create_queue(QueueName="inbox.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=_arn(sqs, inbox), Attributes={"RawMessageDelivery": "true"}
    )
    for number in range(12):
        sns.publish(TopicArn=topic, Message=f"entry {number}", MessageGroupId=f"g{number % 3}")


def _mobile(sns):
    application = sns.create_platform_application(
        Name="phones", Platform="GCM", Attributes={"PlatformCredential": "secret"}
    )["PlatformApplicationArn"]
    for number in range(3):
        sns.create_platform_endpoint(
            PlatformApplicationArn=application, Token=f"token-{number}", CustomUserData=f"user {number}"
        )
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Transactional", "DefaultSenderID": "mill"})


def observe(server, credentials):
    """Everything that was filled in, as the program answers it. It empties the queues, and moves the clock."""
    sqs, sns = client(server, ACCOUNT), client(server, ACCOUNT, "sns")
    sts = boto3.client(
        "sts",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    answers = {
        "caller": sts.get_caller_identity()["Arn"],
        "topics": {_name(arn): _topic(sns, arn) for arn in _topic_arns(sns)},
        "applications": _applications(sns),
        "texts": sns.get_sms_attributes()["attributes"],
    }
    urls = sqs.list_queues()["QueueUrls"]
    answers["queues"] = {_name(url): _queue(sqs, url) for url in urls}
    certificates = set()
    _replay(sns, sqs)
    urls = sqs.list_queues()["QueueUrls"]
    for _ in range(12):
        server.advance(1)
    answers["messages"] = {_name(url): _messages(sqs, url, certificates) for url in urls}
    answers["certificates"] = [_digest(server, certificate) for certificate in certificates]
    server.advance(1000)
    answers["later"] = {_name(url): _messages(sqs, url) for url in urls}
    elsewhere = client(server, OTHER, region="eu-west-1")
    answers["elsewhere"] = [_messages(elsewhere, url) for url in elsewhere.list_queues()["QueueUrls"]]
    return answers


def _digest(server, url):
    """The sum of the certificate that signed documents name, at the path that they name."""
    status, _, text = server.request("GET", urlsplit(url).path)
    assert status == 200, url
    return hashlib.sha256(text.encode()).hexdigest()


def _name(arn_or_url):
    return arn_or_url.replace("/", ":").rpartition(":")[2]


def _queue(sqs, url):
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    timed = ("CreatedTimestamp", "LastModifiedTimestamp")
    counted = [name for name in attributes if name.startswith("Approximate")]
    for name in (*timed, *counted):
        del attributes[name]
    return {"attributes": attributes, "tags": sqs.list_queue_tags(QueueUrl=url).get("Tags", {})}


def _messages(sqs, url, certificates=None):
    """The messages that a consumer gets now: of each group in order, the rest in the order of the alphabet."""
    found = []
    while got := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    ).get("Messages", []):
        for message in got:
            found.append(_message(message))
            if certificates is not None and "SigningCertURL" in message["Body"]:
                certificates.add(json.loads(message["Body"])["SigningCertURL"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    group = lambda message: message["known"].get("MessageGroupId", "")
    return sorted(found, key=group if url.endswith(".fifo") else json.dumps)


def _message(message):
    known = message["Attributes"]
    stable = ("MessageGroupId", "MessageDeduplicationId", "SequenceNumber", "AWSTraceHeader", "SenderId")
    attributes = {
        name: value["StringValue"] if "StringValue" in value else list(value["BinaryValue"])
        for name, value in message.get("MessageAttributes", {}).items()
    }
    if "Replayed" in attributes:
        known.pop("MessageDeduplicationId", None)  # follows from the subscription, which is made anew
    return {
        "body": _body(message["Body"]),
        "received": known["ApproximateReceiveCount"],
        "known": {name: known[name] for name in stable if name in known},
        "attributes": attributes,
    }


def _body(body):
    """Documents of topics without what is drawn for each message, and long texts by their length."""
    if body.startswith("{") and "TopicArn" in body:
        document = json.loads(body)
        return {name: document[name] for name in ("Type", "Message", "Subject") if name in document}
    return body if len(body) < 200 else f"{body[:10]} ({len(body)} characters)"


def _topic_arns(sns):
    return [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]


def _topic(sns, arn):
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    attributes.pop("EffectiveDeliveryPolicy", None)
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    found = {}
    for subscription in subscriptions:
        is_there = subscription["SubscriptionArn"].startswith("arn:")
        found[_name(subscription["Endpoint"])] = _subscription(sns, subscription) if is_there else "pending"
    tags = sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
    return {"attributes": attributes, "subscriptions": found, "tags": tags}


def _subscription(sns, subscription):
    arn = subscription["SubscriptionArn"]
    return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def _applications(sns):
    arns = [found["PlatformApplicationArn"] for found in sns.list_platform_applications()["PlatformApplications"]]
    return {_name(arn): _endpoints(sns, arn) for arn in arns}


def _endpoints(sns, application):
    found = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)
    return {endpoint["EndpointArn"]: endpoint["Attributes"] for endpoint in found["Endpoints"]}


def _replay(sns, sqs):
    """Somebody who subscribes now gets the archive of a topic."""
    topic = next(arn for arn in _topic_arns(sns) if arn.endswith("ledger.fifo"))
    beginning = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["BeginningArchiveTime"]
    url = sqs.create_queue(QueueName="replayed.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    replay = {"PointType": "Timestamp", "StartingPoint": beginning}
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=_arn(sqs, url),
        Attributes={"RawMessageDelivery": "true", "ReplayPolicy": json.dumps(replay)},
    )
