"""A queue is found by the path of its URL: the host is the caller's affair."""

import http.client

import pytest
from support.clients import client
from support.queue import Queue
from support.raw import credential, json_request, query_request, text_of


@pytest.mark.parametrize("host", [
    "http://localhost:1",
    "http://millpond.internal",
    "https://sqs.us-east-1.amazonaws.com",
    "https://us-east-1.queue.amazonaws.com",
])
def test_a_url_with_any_host_means_the_same_queue(server, sqs, queue, account, host):
    status, _, answer = json_request(server, account, "SendMessage", {
        "QueueUrl": f"{host}/{account}/q", "MessageBody": "hello",
    })
    assert status == 200, answer
    assert queue.bodies() == ["hello"]


def test_a_bare_name_means_the_callers_own_queue(sqs, queue):
    sqs.send_message(QueueUrl="q", MessageBody="hello")
    assert sqs.receive_message(QueueUrl="q")["Messages"][0]["Body"] == "hello"


def test_account_and_name_without_a_host_mean_the_queue(server, queue, account):
    status, _, answer = json_request(server, account, "SendMessage", {
        "QueueUrl": f"/{account}/q", "MessageBody": "hello",
    })
    assert status == 200, answer
    assert queue.bodies() == ["hello"]


def test_a_query_request_can_be_posted_to_the_queues_own_path(server, queue, account):
    status, _, answer = query_request(
        server, account, {"Action": "SendMessage", "MessageBody": "hello"}, path=f"/{account}/q"
    )
    assert status == 200
    assert text_of(answer, "SendMessageResult/MD5OfMessageBody")
    assert queue.bodies() == ["hello"]


def create_as(server, account, host):
    """Creates a queue with a request to a host of this name: (status, text)."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/", b'{"QueueName": "q"}', {
        **credential(account),
        "Host": f"{host}:{server.port}",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonSQS.CreateQueue",
    })
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


def test_a_url_has_the_host_that_the_client_called(server, account):
    status, answer = create_as(server, account, "pond.localhost")
    assert status == 200
    assert f"http://pond.localhost:{server.port}/{account}/q" in answer


def test_a_page_whose_name_points_here_gets_nothing_unless_its_host_is_allowed(start, server, account):
    status, answer = create_as(server, account, "pond.example")
    assert status == 403 and "--allow-host" in answer
    allowing = start("--memory", "--allow-host", "pond.example")
    status, answer = create_as(allowing, account, "pond.example")
    assert status == 200 and f"http://pond.example:{allowing.port}/{account}/q" in answer


def test_a_public_url_stands_in_every_queue_url(start, account):
    server = start("--memory", "--public-url", "https://queues.example.org")
    sqs = client(server, account)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert url == f"https://queues.example.org/{account}/q"
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url
    assert sqs.list_queues()["QueueUrls"] == [url]


def test_a_queue_url_from_one_client_serves_another(server, queue, account):
    Queue(client(server, account), "q").send()
    assert queue.bodies() == ["hello"]
