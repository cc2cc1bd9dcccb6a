"""Topics come, are set and tagged, are listed and go."""

import json

import pytest
from support.clients import client
from support.refused import refused

NO_SUCH_TOPIC = ("NotFound", "Topic does not exist", 404)


def attributes(sns, topic):
    return sns.get_topic_attributes(TopicArn=topic)["Attributes"]


def test_a_topics_arn_has_its_account_and_its_name(topic, account):
    assert topic == f"arn:aws:sns:us-east-1:{account}:orders"


def test_creating_a_topic_again_gives_the_same_arn_unless_it_is_set_differently(sns):
    given = {"DisplayName": "Orders"}
    first = sns.create_topic(Name="orders", Attributes=given)["TopicArn"]
    assert sns.create_topic(Name="orders")["TopicArn"] == first
    assert sns.create_topic(Name="orders", Attributes=given)["TopicArn"] == first
    with refused(
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    ):
        sns.create_topic(Name="orders", Attributes={"DisplayName": "Others"})


def test_a_name_says_whether_a_topic_is_a_fifo_topic(sns):
    sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})
    with refused("InvalidParameter", "Invalid parameter: Topic Name"):
        sns.create_topic(Name="others.fifo")
    with refused("InvalidParameter"):
        sns.create_topic(Name="others", Attributes={"FifoTopic": "true"})


def test_a_new_topic_shows_what_is_in_force(sns, topic, account):
    shown = attributes(sns, topic)
    assert shown["TopicArn"] == topic
    assert shown["Owner"] == account
    assert shown["DisplayName"] == ""
    assert [shown[f"Subscriptions{kind}"] for kind in ("Confirmed", "Pending", "Deleted")] == ["0"] * 3
    policy = json.loads(shown["Policy"])
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": account}}
    retries = json.loads(shown["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]
    assert (retries["numRetries"], retries["minDelayTarget"]) == (3, 20)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("DisplayName", "Orders", "x" * 101),
        ("SignatureVersion", "2", "3"),
        ("TracingConfig", "Active", "On"),
        ("MaximumMessageSize", "1048576", "1048577"),
        ("KmsMasterKeyId", "alias/aws/sns", "x" * 2049),
        ("DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":5}}}', "{"),
    ],
)
def test_an_attribute_is_set_and_a_wrong_value_is_refused(sns, topic, name, good, bad):
    sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=good)
    with refused("InvalidParameter"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=bad)
    assert attributes(sns, topic)[name] == good


def test_unknown_attributes_are_refused_and_what_is_not_there_says_so(sns, topic):
    with refused("InvalidParameter", "Invalid parameter: AttributeName"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Colour", AttributeValue="red")
    with refused("NotImplemented", status=501):
        sns.set_topic_attributes(
            TopicArn=topic, AttributeName="SQSSuccessFeedbackRoleArn", AttributeValue="arn"
        )
    with refused("NotImplemented", status=501):
        sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy="{}")
    assert not sns.get_data_protection_policy(ResourceArn=topic).get("DataProtectionPolicy")


def test_permissions_come_and_go(sns, topic):
    sns.add_permission(
        TopicArn=topic, Label="theirs", AWSAccountId=["111122223333"], ActionName=["Publish"]
    )
    statements = json.loads(attributes(sns, topic)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == ["__default_statement_ID", "theirs"]
    assert statements[1]["Action"] == "SNS:Publish"
    sns.remove_permission(TopicArn=topic, Label="theirs")
    assert len(json.loads(attributes(sns, topic)["Policy"])["Statement"]) == 1
    with refused(
        "InvalidParameter", "Invalid parameter: Policy statement action out of service scope!"
    ):
        sns.add_permission(
            TopicArn=topic, Label="x", AWSAccountId=["111122223333"], ActionName=["CreateTopic"]
        )


def test_a_policy_of_ones_own_is_kept_word_for_word(sns, topic):
    policy = json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}]}, indent=1
    )
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    assert attributes(sns, topic)["Policy"] == policy
    with refused("InvalidParameter"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue="{}")


def test_tags_come_and_go(sns):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    topic = sns.create_topic(Name="orders", Tags=tags)["TopicArn"]
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "b", "Value": "3"}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["a"])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "b", "Value": "3"}]
    with refused("ResourceNotFound", "Resource does not exist", 404):
        sns.list_tags_for_resource(ResourceArn=topic + "x")


def test_topics_are_listed_in_pages(sns):
    arns = [sns.create_topic(Name=f"t{number:03}")["TopicArn"] for number in range(105)]
    pages = list(sns.get_paginator("list_topics").paginate())
    assert [len(page["Topics"]) for page in pages] == [100, 5]
    assert [topic["TopicArn"] for page in pages for topic in page["Topics"]] == arns


def test_a_deleted_topic_is_gone_and_may_be_deleted_again(sns, topic):
    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)
    with refused(*NO_SUCH_TOPIC):
        attributes(sns, topic)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn=topic, Message="m")


def test_what_is_no_topics_arn_is_refused(sns):
    with refused(
        "InvalidParameter",
        "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
    ):
        attributes(sns, "orders")
    with refused("InvalidParameter", "Invalid parameter: TopicArn"):
        attributes(sns, "arn:aws:sns:eu-west-1:000000000000:orders")


def test_topics_survive_a_restart(start, tmp_path, account):
    server = start("--data-dir", str(tmp_path))
    sns = client(server, account, "sns")
    topic = sns.create_topic(Name="orders", Attributes={"DisplayName": "Orders"})["TopicArn"]
    queue = f"arn:aws:sqs:us-east-1:{account}:q"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    server.kill()
    sns = client(start("--data-dir", str(tmp_path)), account, "sns")
    assert attributes(sns, topic)["DisplayName"] == "Orders"
    listed = sns.list_subscriptions()["Subscriptions"]
    assert [found["SubscriptionArn"] for found in listed] == [subscription]
