"""A test process empties its own account, and disturbs nobody."""

import json

from support.clients import client, new_account
from support.queue import Queue


def test_an_account_is_emptied_and_another_is_not(server):
    mine, theirs = new_account(), new_account()
    first, second = (Queue(client(server, account), "orders") for account in (mine, theirs))
    first.send("mine")
    second.send("theirs")
    status, _, text = server.request("POST", f"/_millpond/reset?account={mine}")
    assert (status, json.loads(text)) == (200, {"account": mine, "deleted": 1})
    assert client(server, mine).list_queues().get("QueueUrls", []) == []
    assert second.bodies() == ["theirs"]


def test_a_page_cannot_empty_an_account(server):
    account = new_account()
    queue = Queue(client(server, account), "orders")
    status, _, _ = server.request(
        "POST", f"/_millpond/reset?account={account}", "", {"Origin": "https://evil.example"}
    )
    assert status == 403
    assert client(server, account).list_queues()["QueueUrls"] == [queue.url]
