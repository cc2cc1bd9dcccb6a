"""Accounts and regions are worlds of their own."""

from support.clients import client, new_account
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


def test_the_same_name_in_two_accounts_is_two_queues(server):
    one, two = (Queue(client(server, new_account()), "orders") for _ in range(2))
    assert one.url != two.url
    one.send("for one")
    assert two.receive() == []
    assert one.bodies() == ["for one"]


def test_an_account_lists_only_its_own_queues(server):
    one, two = (client(server, new_account()) for _ in range(2))
    url = Queue(one, "orders").url
    Queue(two, "bills")
    assert one.list_queues()["QueueUrls"] == [url]


def test_another_accounts_queue_is_not_found_by_its_name(server):
    one, two = (client(server, new_account()) for _ in range(2))
    Queue(one, "orders")
    with refused(*NO_SUCH_QUEUE):
        two.get_queue_url(QueueName="orders")


def test_the_same_name_in_two_regions_is_two_queues(server, account):
    east = Queue(client(server, account, region="us-east-1"), "orders", {"DelaySeconds": "1"})
    west = Queue(client(server, account, region="eu-west-1"), "orders", {"DelaySeconds": "2"})
    assert east.attributes("DelaySeconds") == {"DelaySeconds": "1"}
    assert west.attributes("DelaySeconds", "QueueArn") == {
        "DelaySeconds": "2",
        "QueueArn": f"arn:aws:sqs:eu-west-1:{account}:orders",
    }


def test_deleting_a_queue_leaves_its_namesake_in_another_region(server, account):
    east = Queue(client(server, account, region="us-east-1"), "orders")
    west = Queue(client(server, account, region="eu-west-1"), "orders")
    west.send()
    east.sqs.delete_queue(QueueUrl=east.url)
    assert west.bodies() == ["hello"]


def test_an_access_key_that_is_no_account_stands_for_account_zero(server):
    test = client(server, "test")
    url = Queue(test, "of-account-zero").url
    assert "/000000000000/" in url
    other = client(server, "AKIAIOSFODNN7EXAMPLE")
    assert other.get_queue_url(QueueName="of-account-zero")["QueueUrl"] == url
