"""Requests as bytes, for what no SDK would send."""

import json
from urllib.parse import urlencode
from xml.etree import ElementTree

SQS_NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"


def credential(account, region="us-east-1", service="sqs"):
    """An Authorization header that names its account; nobody checks the signature by default."""
    scope = f"{account}/20300101/{region}/{service}/aws4_request"
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, "
        "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
        "X-Amz-Date": "20300101T000000Z",
    }


def json_request(server, account, operation, members, **headers):
    """One awsJson request: (status, headers, decoded answer)."""
    body = members if isinstance(members, str) else json.dumps(members)
    status, answered, text = server.request("POST", "/", body, {
        **credential(account),
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"AmazonSQS.{operation}",
        **headers,
    })
    return status, answered, json.loads(text) if text else None


def query_request(server, account, members, method="POST", path="/", **headers):
    """One Query request: (status, headers, decoded XML)."""
    form = urlencode({"Version": "2012-11-05", **members})
    all_headers = {**credential(account), **headers}
    if method == "GET":
        answer = server.request("GET", f"{path}?{form}", None, all_headers)
    else:
        all_headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = server.request("POST", path, form, all_headers)
    status, answered, text = answer
    return status, answered, ElementTree.fromstring(text)


def text_of(element, path):
    """The text at a path such as `Error/Code`, whatever the document's namespace is."""
    for name in path.split("/"):
        element = next(child for child in element if child.tag.rpartition("}")[2] == name)
    return element.text
