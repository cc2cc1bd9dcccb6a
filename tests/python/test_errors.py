"""Refusals that do not belong to one operation alone."""

import pytest
from support.clients import client
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


@pytest.fixture
def unchecked(server, account):
    """A client that sends what its own validation would stop."""
    return client(server, account, parameter_validation=False)


def test_a_missing_body_is_refused(unchecked):
    queue = Queue(unchecked)
    with refused("MissingParameter", "The request must contain the parameter MessageBody."):
        unchecked.send_message(QueueUrl=queue.url)


def test_a_missing_queue_name_is_refused(unchecked):
    with refused("MissingParameter", "The request must contain the parameter QueueName."):
        unchecked.create_queue()


def test_a_missing_receipt_handle_is_refused(unchecked):
    queue = Queue(unchecked)
    with refused("MissingParameter", "The request must contain the parameter ReceiptHandle."):
        unchecked.delete_message(QueueUrl=queue.url)


def test_a_missing_visibility_timeout_is_refused(unchecked):
    queue = Queue(unchecked)
    queue.send()
    handle = queue.receive_one()["ReceiptHandle"]
    with refused("MissingParameter", "The request must contain the parameter VisibilityTimeout."):
        unchecked.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=handle)


def test_every_refusal_has_a_request_id(sqs):
    with refused("AWS.SimpleQueueService.NonExistentQueue") as caught:
        sqs.get_queue_url(QueueName="nowhere")
    assert len(caught.value.response["ResponseMetadata"]["RequestId"]) == 36


def test_every_answer_has_a_request_id_of_its_own(queue):
    ids = {queue.send()["ResponseMetadata"]["RequestId"] for _ in range(5)}
    assert len(ids) == 5
    assert {len(identity) for identity in ids} == {36}


def test_a_refusal_is_the_senders_fault(sqs):
    with refused("AWS.SimpleQueueService.NonExistentQueue") as caught:
        sqs.get_queue_url(QueueName="nowhere")
    assert caught.value.response["Error"]["Type"] == "Sender"


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "/", "http://127.0.0.1/not-an-account/q"])
def test_a_queue_url_that_names_no_queue_is_refused(queue, url):
    with refused(*NO_SUCH_QUEUE):
        queue.sqs.send_message(QueueUrl=url, MessageBody="x")


@pytest.mark.parametrize("name, value", [
    ("RedrivePolicy", "{}"), ("RedriveAllowPolicy", "{}"),
])
def test_a_refused_attribute_is_named_and_makes_no_queue(sqs, name, value):
    with refused("InvalidParameterValue") as caught:
        Queue(sqs, attributes={name: value})
    assert name in caught.value.response["Error"]["Message"]
    assert "QueueUrls" not in sqs.list_queues()
