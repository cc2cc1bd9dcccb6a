"""TLS on the port, with a certificate of the tests' own authority."""

import shutil
import socket
import ssl

import pytest
from botocore.exceptions import SSLError
from support.clients import client
from support.queue import Queue
from support.server import AUTHORITY, CERTIFICATES, TLS


@pytest.fixture
def tls_server(start):
    """A server that speaks TLS only."""
    return start("--memory", *TLS)


def secure_connection(server, protocols=()):
    """An open TLS connection."""
    trust = ssl.create_default_context(cafile=AUTHORITY)
    if protocols:
        trust.set_alpn_protocols(protocols)
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    return trust.wrap_socket(connection, server_hostname="127.0.0.1")


def serial_number(connection):
    """The number of the certificate that the server showed."""
    return connection.getpeercert()["serialNumber"]


def test_a_message_goes_through_a_queue_over_tls(tls_server, account):
    queue = Queue(client(tls_server, account, verify=AUTHORITY))
    assert queue.url == f"{tls_server.url}/{account}/q"
    assert queue.url.startswith("https://")
    queue.send("over TLS")
    message = queue.receive_one(WaitTimeSeconds=20)
    assert message["Body"] == "over TLS"
    queue.delete(message)
    assert queue.counts() == (0, 0, 0)


def test_a_long_poll_over_tls_is_answered_when_a_message_comes(tls_server, account):
    queue = Queue(client(tls_server, account, verify=AUTHORITY), attributes={"DelaySeconds": "1"})
    queue.send("a second later")
    assert queue.receive_one(WaitTimeSeconds=20)["Body"] == "a second later"


def test_a_large_message_arrives_whole_over_tls(tls_server, account):
    queue = Queue(client(tls_server, account, verify=AUTHORITY))
    body = "0123456789abcdef" * (16 * 1024)
    queue.send(body)
    assert queue.receive_one()["Body"] == body


def test_a_client_that_does_not_trust_the_authority_is_not_served(tls_server, account):
    with pytest.raises(SSLError):
        client(tls_server, account).list_queues()


def test_sts_and_the_programs_pages_are_served_over_tls(tls_server, account):
    sts = client(tls_server, account, "sts", verify=AUTHORITY)
    assert sts.get_caller_identity()["Account"] == account
    for path in ["health", "version", "metrics"]:
        status, _, text = tls_server.request("GET", f"/_millpond/{path}")
        assert (status, bool(text)) == (200, True)


@pytest.mark.parametrize("offered, chosen", [
    (["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), ([], None),
])
def test_http2_is_chosen_when_it_is_offered(tls_server, offered, chosen):
    with secure_connection(tls_server, offered) as connection:
        assert connection.selected_alpn_protocol() == chosen


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("old", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_older_versions_of_tls_are_refused(tls_server, old):
    trust = ssl.create_default_context(cafile=AUTHORITY)
    trust.set_ciphers("ALL:@SECLEVEL=0")
    trust.minimum_version = trust.maximum_version = old
    with socket.create_connection(("127.0.0.1", tls_server.port), timeout=30) as connection:
        with pytest.raises(ssl.SSLError, match="(?i)alert"):
            trust.wrap_socket(connection, server_hostname="127.0.0.1")


def test_plain_http_is_told_to_use_https(tls_server):
    with socket.create_connection(("127.0.0.1", tls_server.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"https" in answer


def test_a_renewed_certificate_is_shown_without_disturbing_open_connections(start, tmp_path):
    certificate, key = tmp_path / "a.pem", tmp_path / "a.key"
    shutil.copy(CERTIFICATES / "server.pem", certificate)
    shutil.copy(CERTIFICATES / "server.key", key)
    server = start("--memory", "--tls-cert", str(certificate), "--tls-key", str(key))
    request = b"GET /_millpond/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with secure_connection(server) as old:
        first = serial_number(old)
        shutil.copy(CERTIFICATES / "renewed.pem", certificate)
        server.reload()
        server.wrote("the old certificate stays")
        with secure_connection(server) as still_old:
            assert serial_number(still_old) == first
        shutil.copy(CERTIFICATES / "renewed.key", key)
        server.reload()
        server.wrote("were read again")
        with secure_connection(server) as new:
            assert serial_number(new) != first
        old.sendall(request)
        assert old.recv(65536).startswith(b"HTTP/1.1 200 ")
