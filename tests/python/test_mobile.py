"""Platform applications, their endpoints, and what is set about text messages: records, and nothing is sent."""

import json

import pytest
from support.clients import client, new_account
from support.refused import refused

ROLE = "arn:aws:iam::000000000000:role/logs"
NUMBER = "+12065550100"


@pytest.fixture
def application(sns):
    given = {"PlatformCredential": "secret", "SuccessFeedbackSampleRate": "5"}
    created = sns.create_platform_application(Name="news", Platform="GCM", Attributes=given)
    return created["PlatformApplicationArn"]


def endpoint(sns, application, token, **more):
    created = sns.create_platform_endpoint(PlatformApplicationArn=application, Token=token, **more)
    return created["EndpointArn"]


def listed(sns, application):
    pages = sns.get_paginator("list_endpoints_by_platform_application")
    pages = pages.paginate(PlatformApplicationArn=application)
    return {found["EndpointArn"]: found["Attributes"] for page in pages for found in page["Endpoints"]}


def test_an_application_shows_what_is_set_and_no_secret(sns, application, account):
    assert application == f"arn:aws:sns:us-east-1:{account}:app/GCM/news"
    shown = {"Enabled": "true", "AuthenticationMethod": "key", "SuccessFeedbackSampleRate": "5"}
    named = {"PlatformApplicationArn": application}
    assert sns.get_platform_application_attributes(**named)["Attributes"] == shown
    sns.set_platform_application_attributes(**named, Attributes={
        "PlatformCredential": '{"key": "secret"}', "FailureFeedbackRoleArn": ROLE, "SuccessFeedbackSampleRate": "",
    })
    shown = {"Enabled": "true", "AuthenticationMethod": "token", "FailureFeedbackRoleArn": ROLE}
    assert sns.get_platform_application_attributes(**named)["Attributes"] == shown
    assert sns.list_platform_applications()["PlatformApplications"] == [{**named, "Attributes": shown}]
    assert sns.list_topics()["Topics"] == []


def test_an_application_needs_a_platform_and_its_credentials(sns):
    def refuse(platform, message, **attributes):
        with refused("InvalidParameter", message):
            sns.create_platform_application(Name="news", Platform=platform, Attributes=attributes)

    wrong = "Invalid parameter: Attributes Reason: Invalid value for attribute: "
    refuse("FAX", "Invalid parameter: Platform Reason: FAX is not supported", PlatformCredential="key")
    refuse("GCM", wrong + "PlatformCredential: cannot be empty", PlatformPrincipal="principal")
    refuse("APNS", wrong + "PlatformPrincipal: cannot be empty", PlatformCredential="key")
    refuse("GCM", "Invalid parameter: Attributes Reason: Invalid attribute name: Colour",
           PlatformCredential="key", Colour="red")


def test_a_deleted_application_is_gone_with_its_endpoints(sns, application):
    device = endpoint(sns, application, "token")
    for _ in range(2):
        sns.delete_platform_application(PlatformApplicationArn=application)
    for call in (sns.get_platform_application_attributes, sns.list_endpoints_by_platform_application):
        with refused("NotFound", "PlatformApplication does not exist", 404):
            call(PlatformApplicationArn=application)
    with refused("NotFound", "PlatformApplication does not exist", 404):
        endpoint(sns, application, "token")
    with refused("NotFound", "Endpoint does not exist", 404):
        sns.get_endpoint_attributes(EndpointArn=device)
    sns.create_platform_application(
        Name="news", Platform="GCM", Attributes={"PlatformCredential": "secret"})
    assert listed(sns, application) == {}


def test_a_device_token_has_one_endpoint(sns, application):
    first = endpoint(sns, application, "token", CustomUserData="user 1")
    assert first.startswith(application.replace(":app/", ":endpoint/") + "/")
    assert endpoint(sns, application, "token") == first
    assert endpoint(sns, application, "token", CustomUserData="user 1") == first
    exists = f"Invalid parameter: Token Reason: Endpoint {first} already exists with the same Token, but different attributes."
    with refused("InvalidParameter", exists):
        endpoint(sns, application, "token", CustomUserData="user 2")
    with refused("InvalidParameter", exists):
        endpoint(sns, application, "token", Attributes={"Enabled": "false"})
    second = endpoint(sns, application, "other")
    with refused("InvalidParameter", exists):
        sns.set_endpoint_attributes(EndpointArn=second, Attributes={"Token": "token"})


def test_an_endpoint_is_set_shown_and_deleted(sns, application):
    device = endpoint(sns, application, "token", Attributes={"CustomUserData": "user"})
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false", "Token": "newer"})
    shown = {"Enabled": "false", "Token": "newer", "CustomUserData": "user"}
    assert sns.get_endpoint_attributes(EndpointArn=device)["Attributes"] == shown
    assert listed(sns, application) == {device: shown}
    another = endpoint(sns, application, "token")
    assert another != device
    for _ in range(2):
        sns.delete_endpoint(EndpointArn=device)
    with refused("NotFound", "Endpoint does not exist", 404):
        sns.get_endpoint_attributes(EndpointArn=device)
    with refused("NotFound", "Endpoint does not exist", 404):
        sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "true"})
    assert list(listed(sns, application)) == [another]


def test_endpoints_come_in_pages(sns, application):
    made = {endpoint(sns, application, f"token{n}") for n in range(101)}
    first = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)
    assert (len(first["Endpoints"]), "NextToken" in first) == (100, True)
    assert set(listed(sns, application)) == made


def test_nothing_is_published_to_a_device_or_a_phone(sns, application):
    device = endpoint(sns, application, "token")
    with refused("NotImplemented", status=501):
        sns.publish(TargetArn=device, Message="m")
    with refused("NotImplemented", status=501):
        sns.publish(PhoneNumber=NUMBER, Message="m")


def test_text_messages_settings_are_checked_and_shown(sns):
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"}
    given = {"DefaultSenderID": "Shop24", "DefaultSMSType": "Transactional"}
    sns.set_sms_attributes(attributes=given)
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1", **given}
    asked = sns.get_sms_attributes(attributes=["DefaultSMSType"])["attributes"]
    assert asked == {"DefaultSMSType": "Transactional"}
    for wrong in ({"DefaultSMSType": "Loud"}, {"DeliveryStatusSuccessSamplingRate": "101"}, {"Colour": "red"}):
        with refused("InvalidParameter"):
            sns.set_sms_attributes(attributes={"DefaultSenderID": "Other", **wrong})
    assert sns.get_sms_attributes()["attributes"]["DefaultSenderID"] == "Shop24"


def test_nobody_has_opted_out(sns):
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is False
    sns.opt_in_phone_number(phoneNumber=NUMBER)
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == []
    with refused("InvalidParameter"):
        sns.check_if_phone_number_is_opted_out(phoneNumber="12065550100")


def passwords(server, account):
    status, _, text = server.request("GET", f"/_millpond/sns/sandbox/{account}/us-east-1")
    assert status == 200
    return {shown["PhoneNumber"]: shown["OneTimePassword"] for shown in json.loads(text)["PhoneNumbers"]}


def test_a_phone_number_is_verified_with_the_password_of_the_operators_page(server, sns, account):
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is True
    assert sns.list_origination_numbers()["PhoneNumbers"] == []
    sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER)

    def shown():
        return sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"]

    assert shown() == [{"PhoneNumber": NUMBER, "Status": "Pending"}]
    password = passwords(server, account)[NUMBER]
    with refused("VerificationException"):
        sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password + "0")
    sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password)
    assert shown() == [{"PhoneNumber": NUMBER, "Status": "Verified"}]
    sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    assert shown() == []
    with refused("ResourceNotFound", status=404):
        sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    assert passwords(server, account) == {}


def test_under_awss_quotas_the_sandbox_has_waiting_periods(start):
    server = start("--memory", "--clock", "manual", "--limits", "aws")
    sns = client(server, new_account(), "sns")
    sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    with refused("UserError"):
        sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    server.request("POST", "/_millpond/clock", '{"advance": "PT24H"}')
    sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)


def test_a_reset_empties_all_of_it(server, sns, application, account):
    endpoint(sns, application, "token")
    sns.set_sms_attributes(attributes={"DefaultSenderID": "Shop24"})
    status, _, text = server.request("POST", f"/_millpond/reset?account={account}")
    assert (status, json.loads(text)["deleted"]) == (200, 2)
    assert sns.list_platform_applications()["PlatformApplications"] == []
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"}


def test_a_reset_ends_subscriptions_to_topics_of_others(server, sns, account):
    owner = client(server, new_account(), "sns")
    topic = owner.create_topic(Name="news")["TopicArn"]
    queue = f"arn:aws:sqs:us-east-1:{account}:q"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1
    server.request("POST", f"/_millpond/reset?account={account}")
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert owner.list_topics()["Topics"] == [{"TopicArn": topic}]


def test_applications_and_settings_survive_a_restart(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    account = new_account()
    sns = client(server, account, "sns")
    created = sns.create_platform_application(
        Name="news", Platform="ADM", Attributes={"PlatformCredential": "c", "PlatformPrincipal": "p"})
    application = created["PlatformApplicationArn"]
    device = endpoint(sns, application, "token", CustomUserData="user")
    sns.set_sms_attributes(attributes={"MonthlySpendLimit": "30"})
    server.kill()
    sns = client(start("--data-dir", str(tmp_path / "data")), account, "sns")
    assert endpoint(sns, application, "token", CustomUserData="user") == device
    assert listed(sns, application)[device]["CustomUserData"] == "user"
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "30"}


def test_a_data_protection_policy_is_refused_by_name(sns):
    topic = sns.create_topic(Name="news")["TopicArn"]
    with refused("NotImplemented", "PutDataProtectionPolicy is not implemented.", 501):
        sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy="{}")
