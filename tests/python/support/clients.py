"""AWS clients that talk to one server as one account in one region."""

import itertools

import boto3
from botocore.config import Config

REGION = "us-east-1"
_accounts = itertools.count(100_000_000_001)


def new_account():
    """An account that no other test uses: twelve digits, which are also its access key."""
    return str(next(_accounts))


def client(server, account, service="sqs", region=REGION, verify=None, **config):
    """A client without retries, so that a test sees the first answer. `verify` names whom it trusts."""
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="secret",
        verify=verify,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=40, **config),
    )


def speaks_query():
    """Whether this boto3 speaks the Query protocol to SQS, as all did before November 2023."""
    model = boto3.client(
        "sqs", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    ).meta.service_model
    return model.protocol == "query"
