"""Queues come, are found, are listed and go."""

import pytest
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, receipt_handle_refused, refused

BAD_NAME = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"


def test_a_queues_url_ends_with_its_account_and_its_name(sqs, server, account):
    assert Queue(sqs, "orders").url == f"{server.url}/{account}/orders"


def test_creating_a_queue_again_with_the_same_attributes_gives_the_same_url(sqs):
    attributes = {"VisibilityTimeout": "45", "DelaySeconds": "3"}
    assert Queue(sqs, "orders", attributes).url == Queue(sqs, "orders", attributes).url


def test_creating_a_queue_again_without_attributes_gives_the_same_url(sqs):
    assert Queue(sqs, "orders", {"VisibilityTimeout": "45"}).url == Queue(sqs, "orders").url


def test_creating_a_queue_again_with_another_value_is_refused_and_changes_nothing(sqs):
    queue = Queue(sqs, "orders", {"VisibilityTimeout": "45"})
    with refused(
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute "
        "VisibilityTimeout",
    ):
        Queue(sqs, "orders", {"VisibilityTimeout": "46"})
    assert queue.attributes("VisibilityTimeout") == {"VisibilityTimeout": "45"}


def test_an_attribute_left_out_at_first_has_its_default_when_it_is_compared(sqs):
    Queue(sqs, "orders")
    Queue(sqs, "orders", {"VisibilityTimeout": "30"})
    with refused("QueueAlreadyExists"):
        Queue(sqs, "orders", {"VisibilityTimeout": "31"})


def test_a_queues_url_is_found_by_its_name(sqs):
    queue = Queue(sqs, "orders")
    assert sqs.get_queue_url(QueueName="orders")["QueueUrl"] == queue.url


def test_the_url_of_a_queue_that_is_not_there_is_refused(sqs):
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName="nowhere")


def test_a_queue_that_is_not_there_has_an_exception_class_of_its_own(sqs):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="nowhere")


def test_names_have_up_to_80_letters_digits_hyphens_and_underscores(sqs):
    name = "aZ09-_" + "x" * 74
    assert Queue(sqs, name).url.endswith("/" + name)


@pytest.mark.parametrize("name", ["", "x" * 81, "dot.ted", "bl ank", "sl/ash", "ümlaut"])
def test_other_names_are_refused(sqs, name):
    with refused("InvalidParameterValue", BAD_NAME):
        Queue(sqs, name)


def test_queue_names_are_case_sensitive(sqs):
    Queue(sqs, "Orders")
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName="orders")


def test_an_account_without_queues_lists_none(sqs):
    assert "QueueUrls" not in sqs.list_queues()


def test_all_queues_are_listed(sqs):
    urls = {Queue(sqs, f"queue-{number}").url for number in range(25)}
    listed = sqs.list_queues()["QueueUrls"]
    assert len(listed) == 25
    assert set(listed) == urls


def test_a_prefix_lists_only_the_names_that_begin_with_it(sqs):
    for name in ["order", "orders", "orders-old", "Orders", "border"]:
        Queue(sqs, name)
    listed = sqs.list_queues(QueueNamePrefix="orders")["QueueUrls"]
    assert sorted(url.rpartition("/")[2] for url in listed) == ["orders", "orders-old"]


def test_queues_are_listed_in_pages_without_loss_or_repetition(sqs):
    urls = {Queue(sqs, f"queue-{number}").url for number in range(11)}
    seen, token, sizes = [], {}, []
    while True:
        page = sqs.list_queues(MaxResults=4, **token)
        seen += page["QueueUrls"]
        sizes.append(len(page["QueueUrls"]))
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert sizes == [4, 4, 3]
    assert len(seen) == 11
    assert set(seen) == urls


def test_the_paginator_finds_all_queues(sqs):
    urls = {Queue(sqs, f"queue-{number}").url for number in range(7)}
    pages = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
    assert {url for page in pages for url in page["QueueUrls"]} == urls


def test_a_deleted_queue_is_gone_for_every_operation(sqs):
    queue = Queue(sqs, "orders")
    queue.send()
    sqs.delete_queue(QueueUrl=queue.url)
    for operation in [queue.send, queue.receive, queue.attributes]:
        with refused(*NO_SUCH_QUEUE):
            operation()
    with refused(*NO_SUCH_QUEUE):
        sqs.delete_queue(QueueUrl=queue.url)
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName="orders")
    assert "QueueUrls" not in sqs.list_queues()


def test_a_queue_created_anew_has_nothing_of_its_deleted_namesake(sqs):
    old = Queue(sqs, "orders", {"VisibilityTimeout": "45"})
    old.send("seen")
    old.send("unseen")
    received = old.receive_one(MaxNumberOfMessages=1)
    sqs.delete_queue(QueueUrl=old.url)
    new = Queue(sqs, "orders")
    assert new.url == old.url
    assert new.attributes("VisibilityTimeout") == {"VisibilityTimeout": "30"}
    assert new.counts() == (0, 0, 0)
    assert new.receive() == []
    new.send("fresh")
    assert new.bodies() == ["fresh"]
    with receipt_handle_refused():
        new.delete(received)
