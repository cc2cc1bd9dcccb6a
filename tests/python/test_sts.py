"""STS tells a caller who it is."""

from support.clients import client
from support.raw import credential


def test_a_twelve_digit_access_key_is_the_account(server, account):
    identity = client(server, account, "sts").get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"].startswith("arn:aws:")
    assert f":{account}:" in identity["Arn"]
    assert identity["UserId"]


def test_any_other_access_key_is_account_zero(server):
    assert client(server, "test", "sts").get_caller_identity()["Account"] == "000000000000"


def test_the_answer_is_xml_in_the_services_namespace(server, account):
    status, headers, text = server.request(
        "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15",
        {
            **credential(account, service="sts"),
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        },
    )
    assert status == 200
    assert headers["content-type"] == "text/xml"
    assert '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' in text


def test_an_operation_that_is_not_there_says_so_by_name(server, account):
    status, _, text = server.request(
        "POST", "/", "Action=GetFederationToken&Name=bob&Version=2011-06-15",
        {
            **credential(account, service="sts"),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert status == 501
    assert "<Code>NotImplemented</Code>" in text
    assert "GetFederationToken" in text
