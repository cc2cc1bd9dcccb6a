"""Signatures are required: who signs rightly is let in, and nobody else."""

import gzip
import json
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from support.clients import REGION
from support.queue import Queue
from support.refused import refused
from support.server import Server

ACCOUNT = "123456789012"
FILE = f"""
auth = "sigv4"

[[keys]]
id = "AKIAROOT000000000000"
account = "{ACCOUNT}"
secret = "the root's secret"

[[keys]]
id = "AKIAALICE00000000000"
account = "{ACCOUNT}"
secret-file = "alice.secret"
identity = "alice"
policy = '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "*", "Resource": "*"}}]}}'
"""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"
FILE += f"""
[[roles]]
name = "writer"
account = "{ACCOUNT}"
trust-policy = "trust.json"
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "42"}},
    }],
}
ROOT = ("AKIAROOT000000000000", "the root's secret")
ALICE = ("AKIAALICE00000000000", "alice's secret")

MISMATCH = "The request signature we calculated does not match the signature you provided."


@pytest.fixture(scope="module")
def configuration(tmp_path_factory):
    """A file with two keys."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "alice.secret").write_text("alice's secret\n")
    (folder / "trust.json").write_text(json.dumps(TRUST))
    path = folder / "millpond.toml"
    path.write_text(FILE)
    return str(path)


@pytest.fixture
def signed(start, configuration):
    """A server that requires signatures, whose clock the test moves."""
    return start("--memory", "--clock", "manual", "--config", configuration)


@pytest.fixture(scope="module")
def signed_once(configuration):
    """One server that requires signatures, for many requests."""
    server = Server("--memory", "--config", configuration)
    yield server
    server.kill()


def client(server, key=ROOT, service="sqs", token=None):
    """A client that signs with a key."""
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name=REGION,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def of_session(server, credentials, service="sqs"):
    """A client with temporary credentials."""
    key = (credentials["AccessKeyId"], credentials["SecretAccessKey"])
    return client(server, key, service, credentials["SessionToken"])


def code_of(error):
    """The error's code; JSON has other names for some, and says Query's beside them."""
    return error.value.response["Error"]["Code"]


def send(server, request, key=ROOT, service="sqs", how=SigV4Auth, token=None, **more):
    """Signs a request of any kind as botocore does, and sends it: (status, text)."""
    how(Credentials(*key, token), service, REGION, **more).add_auth(request)
    prepared = request.prepare()
    url = urlsplit(prepared.url)
    path = url.path + (f"?{url.query}" if url.query else "")
    status, _, text = server.request(prepared.method, path, prepared.body, dict(prepared.headers))
    return status, text


def test_a_good_key_is_let_in_for_its_account_and_region(signed):
    queue = Queue(client(signed))
    assert queue.url.endswith(f"/{ACCOUNT}/q")
    queue.send("hello")
    assert queue.receive_one()["Body"] == "hello"
    assert client(signed, ALICE).list_queues()["QueueUrls"] == [queue.url]


def test_callers_are_told_who_they_are(signed):
    root = client(signed, service="sts").get_caller_identity()
    assert (root["Arn"], root["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
    alice = client(signed, ALICE, "sts").get_caller_identity()
    assert alice["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert alice["UserId"].startswith("AIDA")


def test_a_wrong_secret_is_told_what_should_have_been_signed(signed):
    with pytest.raises(ClientError) as caught:
        client(signed, (ROOT[0], "wrong")).list_queues()
    assert code_of(caught) == "SignatureDoesNotMatch"
    message = caught.value.response["Error"]["Message"]
    assert message.startswith(MISMATCH)
    assert "The Canonical String for this request should have been" in message
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_an_unknown_key_is_nobodys(signed):
    message = "The security token included in the request is invalid."
    with refused("InvalidClientTokenId", message, 403):
        client(signed, ("AKIANOBODY0000000000", "x")).list_queues()
    with refused("InvalidClientTokenId", message, 403):
        client(signed, token="forged").list_queues()


def test_a_request_without_a_signature_is_refused(signed):
    status, _, text = signed.request("POST", "/", "Action=ListQueues&Version=2012-11-05", {
        "Content-Type": "application/x-www-form-urlencoded",
    })
    assert status == 403
    assert "<Code>MissingAuthenticationToken</Code>" in text


def test_a_clock_that_is_off_is_told_so(signed):
    signed.advance(14 * 60)
    client(signed).list_queues()
    signed.advance(2 * 60)
    with pytest.raises(ClientError) as caught:
        client(signed).list_queues()
    assert code_of(caught) == "SignatureDoesNotMatch"
    assert caught.value.response["Error"]["Message"].startswith("Signature expired: ")


def presigned(server, seconds=3600, **parameters):
    form = urlencode({"Action": "ListQueues", "Version": "2012-11-05", **parameters})
    request = AWSRequest("GET", f"{server.url}/?{form}", headers={})
    SigV4QueryAuth(Credentials(*ROOT), "sqs", REGION, expires=seconds).add_auth(request)
    url = urlsplit(request.prepare().url)
    return f"{url.path}?{url.query}"


def test_a_presigned_request_is_good_until_it_expires(signed):
    url = presigned(signed, 3600)
    assert signed.request("GET", url)[0] == 200
    signed.advance(3590)
    assert signed.request("GET", url)[0] == 200
    signed.advance(20)
    status, _, text = signed.request("GET", url)
    assert status == 400
    assert "<Code>RequestExpired</Code>" in text


def test_a_presigned_request_cannot_be_changed(signed):
    url = presigned(signed, QueueNamePrefix="a")
    for tampered in [
        url.replace("QueueNamePrefix=a", "QueueNamePrefix=b"),
        url.replace("Expires=3600", "Expires=7200"),
        url + "&MaxResults=1",
    ]:
        status, _, text = signed.request("GET", tampered)
        assert status == 403, tampered
        assert "<Code>SignatureDoesNotMatch</Code>" in text
    assert signed.request("POST", url)[0] == 403


def test_a_presigned_url_of_the_sdk_says_who_made_it(signed):
    sts = client(signed, ALICE, "sts")
    url = urlsplit(sts.generate_presigned_url("get_caller_identity", HttpMethod="GET"))
    status, _, text = signed.request("GET", f"{url.path}?{url.query}")
    assert status == 200, text
    assert ":user/alice</Arn>" in text


@pytest.mark.parametrize("path", [
    "/", "//", "/a/../", "/./", "/a%20b/..", "/%7Ea/../", "/a/b/../..", "/a*b/", "/caf%C3%A9/..",
])
@pytest.mark.parametrize("query", [
    "", "a=b", "b=2&a=1&a=0", "a=&b", "x=%2F%3D%26", "x=a%20b", "x=~-._", "x=%2A%27%28%29", "x=%E1%88%B4",
])
def test_what_botocore_signs_is_accepted(signed_once, path, query):
    for headers in [{}, {"X-Amz-Meta": "  a   b "}, {"X-Odd": "c, d;e", "A": ""}]:
        form = "Action=ListQueues&Version=2012-11-05"
        request = AWSRequest(
            "POST", f"{signed_once.url}{path}?{query}", data=form,
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
        )
        status, text = send(signed_once, request)
        assert status == 200, text


def test_a_signature_covers_a_compressed_body_as_it_was_sent(signed_once):
    members = {"QueueName": "compressed"}
    request = AWSRequest(
        "POST", signed_once.url, data=gzip.compress(json.dumps(members).encode()),
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "Content-Encoding": "gzip",
            "X-Amz-Target": "AmazonSQS.CreateQueue",
        },
    )
    status, text = send(signed_once, request)
    assert status == 200, text
    assert json.loads(text)["QueueUrl"].endswith("/compressed")


def test_temporary_credentials_end(signed):
    sts = client(signed, ALICE, "sts")
    credentials = sts.get_session_token(DurationSeconds=900)["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    Queue(of_session(signed, credentials))
    identity = of_session(signed, credentials, "sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"
    signed.advance(901)
    with refused("ExpiredToken", "The security token included in the request is expired", 403):
        of_session(signed, credentials).list_queues()


def test_temporary_credentials_survive_a_restart(start, configuration, tmp_path):
    arguments = ("--data-dir", str(tmp_path / "data"), "--config", configuration)
    server = start(*arguments)
    credentials = client(server, ALICE, "sts").get_session_token()["Credentials"]
    queue = Queue(of_session(server, credentials))
    server.kill()
    server = start(*arguments)
    urls = of_session(server, credentials).list_queues()["QueueUrls"]
    assert [urlsplit(url).path for url in urls] == [urlsplit(queue.url).path]


def test_an_access_key_names_its_account(signed):
    sts = client(signed, service="sts")
    assert sts.get_access_key_info(AccessKeyId=ALICE[0])["Account"] == ACCOUNT
    temporary = sts.get_session_token()["Credentials"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=temporary)["Account"] == ACCOUNT


def test_a_role_is_assumed_by_whom_it_trusts(signed):
    sts = client(signed, ALICE, "sts")
    answer = sts.assume_role(RoleArn=ROLE, RoleSessionName="one", ExternalId="42")
    user = answer["AssumedRoleUser"]
    assert user["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/writer/one"
    assert user["AssumedRoleId"].startswith("AROA") and user["AssumedRoleId"].endswith(":one")
    session = of_session(signed, answer["Credentials"], "sts")
    identity = session.get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (user["Arn"], user["AssumedRoleId"])
    signed.advance(3601)
    with refused("ExpiredToken", status=403):
        of_session(signed, answer["Credentials"], "sts").get_caller_identity()


def test_a_role_is_not_assumed_by_others(signed):
    for key, external_id in [(ALICE, "43"), (ROOT, "42")]:
        with refused("AccessDenied", status=403):
            client(signed, key, "sts").assume_role(
                RoleArn=ROLE, RoleSessionName="one", ExternalId=external_id
            )
    with refused("NotImplemented", status=501):
        client(signed, ALICE, "sts").assume_role(
            RoleArn=ROLE, RoleSessionName="one", Tags=[{"Key": "a", "Value": "b"}]
        )
