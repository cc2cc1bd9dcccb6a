"""What goes over the wire, where no SDK helps."""

import json
import socket
from urllib.parse import urlencode

import pytest
from support import digest
from support.raw import SQS_NAMESPACE, credential, json_request, query_request, text_of

# What the program takes unless it is told otherwise.
BODY_LIMIT = 8 * 1024 * 1024


def test_a_json_answer_has_the_protocols_content_type_and_a_request_id(server, account):
    status, headers, answer = json_request(server, account, "CreateQueue", {"QueueName": "q"})
    assert status == 200
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert len(headers["x-amzn-requestid"]) == 36
    assert set(answer) == {"QueueUrl"}


def test_a_json_refusal_names_the_shape_and_the_header_the_older_code(server, account):
    status, headers, answer = json_request(server, account, "GetQueueUrl", {"QueueName": "no"})
    assert status == 400
    assert answer["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert answer["message"] == "The specified queue does not exist."
    assert headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"


def test_a_json_answer_without_members_is_an_empty_object_or_nothing(server, queue, account):
    status, _, answer = json_request(server, account, "DeleteQueue", {"QueueUrl": queue.url})
    assert status == 200
    assert answer in (None, {})


def test_a_query_answer_is_xml_in_the_services_namespace(server, account):
    status, headers, answer = query_request(
        server, account, {"Action": "CreateQueue", "QueueName": "q"}
    )
    assert status == 200
    assert headers["content-type"] == "text/xml"
    assert answer.tag == SQS_NAMESPACE + "CreateQueueResponse"
    assert text_of(answer, "CreateQueueResult/QueueUrl") == f"{server.url}/{account}/q"
    assert text_of(answer, "ResponseMetadata/RequestId") == headers["x-amzn-requestid"]


def test_a_query_refusal_is_xml_with_the_older_code(server, account):
    status, headers, answer = query_request(
        server, account, {"Action": "GetQueueUrl", "QueueName": "no"}
    )
    assert status == 400
    assert answer.tag.endswith("ErrorResponse")
    assert text_of(answer, "Error/Type") == "Sender"
    assert text_of(answer, "Error/Code") == "AWS.SimpleQueueService.NonExistentQueue"
    assert text_of(answer, "Error/Message") == "The specified queue does not exist."
    assert text_of(answer, "RequestId") == headers["x-amzn-requestid"]


def test_a_query_request_can_be_a_get(server, queue, account):
    members = {"Action": "SendMessage", "QueueUrl": queue.url, "MessageBody": "a b&c=ü"}
    status, _, answer = query_request(server, account, members, method="GET")
    assert status == 200
    assert text_of(answer, "SendMessageResult/MD5OfMessageBody") == digest.of_body("a b&c=ü")
    assert queue.bodies() == ["a b&c=ü"]


def test_query_lists_are_flat(server, queue, account):
    queue.send("x", MessageAttributes={"a": {"DataType": "Number", "StringValue": "1"}})
    status, _, answer = query_request(server, account, {
        "Action": "ReceiveMessage",
        "QueueUrl": queue.url,
        "AttributeName.1": "ApproximateReceiveCount",
        "AttributeName.2": "SenderId",
        "MessageAttributeName.1": "a",
    })
    assert status == 200
    message = answer.find(f"{SQS_NAMESPACE}ReceiveMessageResult/{SQS_NAMESPACE}Message")
    attributes = {
        text_of(each, "Name"): text_of(each, "Value")
        for each in message.findall(f"{SQS_NAMESPACE}Attribute")
    }
    assert attributes == {"ApproximateReceiveCount": "1", "SenderId": account}
    assert text_of(message, "MessageAttribute/Name") == "a"
    assert text_of(message, "MessageAttribute/Value/StringValue") == "1"


def test_a_carriage_return_survives_xml(server, queue, account):
    queue.send("one\r\ntwo")
    _, _, answer = query_request(
        server, account, {"Action": "ReceiveMessage", "QueueUrl": queue.url}
    )
    assert text_of(answer, "ReceiveMessageResult/Message/Body") == "one\r\ntwo"


def test_both_protocols_see_the_same_message(server, queue, account):
    members = {"Action": "SendMessage", "QueueUrl": queue.url, "MessageBody": "by Query"}
    query_request(server, account, members)
    _, _, answer = json_request(server, account, "ReceiveMessage", {"QueueUrl": queue.url})
    assert answer["Messages"][0]["Body"] == "by Query"


@pytest.mark.parametrize("body", ["", "{", "[]", "nonsense", '{"QueueName": "q"', '"q"'])
def test_malformed_json_is_refused(server, account, body):
    status, _, answer = json_request(server, account, "CreateQueue", body)
    assert status == 400
    wanted = "MissingRequiredParameter" if body == "" else "SerializationException"
    assert wanted in answer["__type"]


@pytest.mark.parametrize("members", [{"QueueName": 7}, {"QueueName": ["q"]}, {"QueueName": {}}])
def test_a_member_of_the_wrong_type_is_refused(server, account, members):
    status, _, answer = json_request(server, account, "CreateQueue", members)
    assert status == 400
    assert answer["__type"].endswith("SerializationException")


def test_deeply_nested_json_is_refused(server, account):
    body = '{"QueueName": ' + "[" * 50_000
    status, _, answer = json_request(server, account, "CreateQueue", body)
    assert status == 400
    assert answer["__type"].endswith("SerializationException")


def test_unknown_members_are_passed_over(server, account):
    status, _, _ = json_request(server, account, "CreateQueue", {
        "QueueName": "q", "FromTheFuture": {"a": [1, 2, {"b": None}]},
    })
    assert status == 200


def test_an_unknown_operation_is_refused_in_the_callers_protocol(server, account):
    status, _, answer = json_request(server, account, "DrainPond", {})
    assert status == 400
    assert answer["__type"].endswith("UnknownOperationException")
    status, _, answer = query_request(server, account, {"Action": "DrainPond"})
    assert status == 400
    assert text_of(answer, "Error/Code") == "InvalidAction"


def test_an_unknown_target_is_refused(server, account):
    status, _, answer = json_request(
        server, account, "x", {}, **{"X-Amz-Target": "Nobody_20300101.DrainPond"}
    )
    assert status == 400
    assert answer["__type"].endswith("UnknownOperationException")


@pytest.mark.parametrize("method, path", [("GET", "/"), ("GET", "/nowhere"), ("PUT", "/")])
def test_requests_that_name_no_operation_are_refused(server, method, path):
    status, _, _ = server.request(method, path)
    assert 400 <= status < 500


def test_a_request_from_a_web_page_is_refused_before_anything_happens(server, queue, account):
    members = {"QueueUrl": queue.url, "MessageBody": "from a page"}
    status, _, _ = json_request(
        server, account, "SendMessage", members, Origin="https://evil.example"
    )
    assert status == 403
    status, _, _ = server.request(
        "POST", "/", urlencode({"Action": "SendMessage", "Version": "2012-11-05", **members}),
        {
            **credential(account),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "https://evil.example",
        },
    )
    assert status == 403
    status, _, _ = server.request(
        "OPTIONS", "/", None,
        {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert status == 403
    assert queue.counts() == (0, 0, 0)


def test_a_page_of_an_allowed_origin_is_served(start, account):
    server = start("--memory", "--allow-origin", "http://localhost:3000")
    status, headers, _ = json_request(
        server, account, "CreateQueue", {"QueueName": "q"}, Origin="http://localhost:3000"
    )
    assert status == 200
    assert headers["access-control-allow-origin"] == "http://localhost:3000"
    status, _, _ = json_request(
        server, account, "CreateQueue", {"QueueName": "q"}, Origin="http://localhost:3001"
    )
    assert status == 403


def test_a_body_beyond_the_limit_is_refused(server, account):
    status, _, _ = server.request("POST", "/", "x" * (BODY_LIMIT + 1), credential(account))
    assert status == 413


def test_a_client_that_asks_first_need_not_send_a_body_that_is_too_large(server):
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {BODY_LIMIT + 1}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head.encode() + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_one_connection_serves_many_requests_in_order(server, queue, account):
    body = json.dumps({"QueueUrl": queue.url, "MessageBody": "x"})
    head = "".join(f"{name}: {value}\r\n" for name, value in credential(account).items())
    request = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\n{head}X-Amz-Target: AmazonSQS.SendMessage\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    last = request.replace("HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", 1)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall((request * 9 + last).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 200 ") == 10
    assert queue.counts() == (10, 0, 0)


def test_a_request_cut_short_does_not_disturb_others(server, queue):
    for cut in [b"POST / HT", b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\n{", b"\x00\xff\r\n\r\n"]:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(cut)
    queue.send()
    assert queue.bodies() == ["hello"]


def test_health_version_and_metrics_are_served(server, queue):
    queue.send()
    for path in ["/_millpond/health", "/_millpond/version"]:
        status, _, text = server.request("GET", path)
        assert (status, bool(text)) == (200, True)
    status, headers, text = server.request("GET", "/_millpond/metrics")
    assert status == 200
    assert "text" in headers["content-type"]
    assert "millpond" in text
