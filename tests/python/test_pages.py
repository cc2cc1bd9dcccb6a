"""Pages for operators: seeing messages without taking them."""

import json
import urllib.error
import urllib.request

import pytest


def page(server, queue, path):
    account, name = queue.url.split("/")[-2:]
    url = f"{server.url}/_millpond/queues/{account}/us-east-1/{name}/{path}"
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def test_a_look_takes_nothing(server, queue):
    sent = queue.send("seen")
    for _ in range(2):
        (message,) = page(server, queue, "messages?state=visible")["Messages"]
        assert (message["Body"], message["ApproximateReceiveCount"]) == ("seen", 0)
    explained = page(server, queue, f"explain/{sent['MessageId']}")
    assert explained["State"] == "visible"
    queue.receive()
    assert page(server, queue, "messages?state=visible")["Messages"] == []
    assert page(server, queue, f"explain/{sent['MessageId']}")["State"] == "inflight"


@pytest.mark.parametrize("path, status", [
    ("messages?state=lost", 400), ("messages?limit=0", 400), ("explain/x", 400), ("other", 404),
])
def test_what_is_no_page_is_an_error(server, queue, path, status):
    with pytest.raises(urllib.error.HTTPError) as caught:
        page(server, queue, path)
    assert caught.value.code == status
    assert "error" in json.load(caught.value)
