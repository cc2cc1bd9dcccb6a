"""Tags of queues."""

import pytest
from support.queue import Queue
from support.refused import NO_SUCH_QUEUE, refused


def tags(queue):
    return queue.sqs.list_queue_tags(QueueUrl=queue.url).get("Tags", {})


def test_a_new_queue_has_no_tags(queue):
    assert tags(queue) == {}


def test_a_queue_can_be_created_with_tags(sqs):
    sqs.create_queue(QueueName="q", tags={"team": "pond", "empty": ""})
    assert tags(Queue(sqs)) == {"team": "pond", "empty": ""}


def test_tags_are_added_replaced_and_removed(queue):
    queue.sqs.tag_queue(QueueUrl=queue.url, Tags={"a": "1", "b": "2"})
    queue.sqs.tag_queue(QueueUrl=queue.url, Tags={"b": "3", "c": "4"})
    assert tags(queue) == {"a": "1", "b": "3", "c": "4"}
    queue.sqs.untag_queue(QueueUrl=queue.url, TagKeys=["a", "b", "never-there"])
    assert tags(queue) == {"c": "4"}


def test_tag_keys_are_case_sensitive(queue):
    queue.sqs.tag_queue(QueueUrl=queue.url, Tags={"a": "1", "A": "2"})
    assert tags(queue) == {"a": "1", "A": "2"}


def test_a_queue_has_at_most_50_tags(queue):
    queue.sqs.tag_queue(QueueUrl=queue.url, Tags={f"key{n}": "x" for n in range(50)})
    with refused("InvalidParameterValue", "Too many tags added for queue q."):
        queue.sqs.tag_queue(QueueUrl=queue.url, Tags={"one-more": "x"})
    assert len(tags(queue)) == 50


@pytest.mark.parametrize("key, value", [("", "x"), ("x" * 129, "x"), ("x", "x" * 257), ("?", "")])
def test_keys_and_values_have_limits(queue, key, value):
    with refused("InvalidParameterValue"):
        queue.sqs.tag_queue(QueueUrl=queue.url, Tags={key: value})
    assert tags(queue) == {}


@pytest.mark.parametrize("operation, more", [
    ("list_queue_tags", {}),
    ("tag_queue", {"Tags": {"a": "1"}}),
    ("untag_queue", {"TagKeys": ["a"]}),
])
def test_a_queue_that_is_not_there_has_no_tags(sqs, queue, operation, more):
    with refused(*NO_SUCH_QUEUE):
        getattr(sqs, operation)(QueueUrl=queue.url + "-not", **more)
