"""Requests that no honest client sends, to the whole program: an error each, and nothing else."""

import socket

import pytest
from support.raw import credential


def answer(server, request):
    """The status of the answer to these bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        head = connection.recv(65536)
    assert head.startswith(b"HTTP/1.1 "), head
    return int(head.split(b" ", 2)[1])


PATHS = [
    b"/%ff%fe", b"/%", b"/%zz", b"/%00", b"/?%ff=%ff", b"/?&&=&=", b"/?Action=%ff", b"/?Action=",
    b"/000000000000/%ff", b"/000000000000/..%2f..", b"//000000000000//q", b"/../../etc/passwd",
    b"/?Action=ListQueues&Action=DeleteQueue&Version=%00", b"/?" + b"a=b&" * 3000,
    "/ü".encode(), b"/?X-Amz-Credential=%ff/////", b"/?X-Amz-Credential=" + b"/" * 5000,
]
PAGES = [
    b"/_millpond/", b"/_millpond/%ff", b"/_millpond/queues/%ff/%00/..", b"/_millpond//health",
    b"/_millpond/queues/000000000000/us-east-1/%2e%2e/messages?state=%ff", b"/_millpond/health/%00",
]


@pytest.mark.parametrize("path", PATHS + PAGES)
def test_a_strange_path_is_an_error(server, path):
    for method in [b"GET", b"POST"]:
        request = method + b" " + path + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        status = answer(server, request)
        assert 400 <= status < 500 or (path in PATHS and b"ListQueues" in path and status == 200)


@pytest.mark.parametrize("name, value", [
    (b"Authorization", b"\xff\xfe"),
    (b"Authorization", b"AWS4-HMAC-SHA256 Credential="),
    (b"Authorization", b"AWS4-HMAC-SHA256 Credential=" + b"/" * 8000),
    (b"X-Amz-Target", b"\xff.\xff"),
    (b"X-Amz-Target", b"."),
    (b"X-Amz-Target", b"AmazonSQS." + b"a" * 8000),
    (b"Content-Type", b"\xff"),
    (b"Host", b"\xff"),
    (b"Host", b":::@@@"),
])
def test_a_strange_header_is_an_error(server, name, value):
    host = b"" if name == b"Host" else b"Host: localhost\r\n"
    head = b"POST / HTTP/1.1\r\n" + host + name + b": " + value + b"\r\nContent-Length: 2\r\n\r\n{}"
    assert 400 <= answer(server, head) < 500


def test_two_credentials_are_an_error(server, queue, account):
    lines = "".join(f"Authorization: {credential(each)['Authorization']}\r\n" for each in [account, "other"])
    request = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\n{lines}X-Amz-Target: AmazonSQS.ListQueues\r\n"
        "Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert answer(server, request.encode()) == 400
