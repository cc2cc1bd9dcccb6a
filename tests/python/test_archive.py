"""Everything out of a data directory, while the program runs or not, and into another one."""

import os
import subprocess

import pytest
from support.clients import client
from support.queue import Queue
from support.server import ENVIRONMENT, PROGRAM


def millpond(*arguments):
    """Runs a command of the program to its end: its exit status and what it says."""
    done = subprocess.run(
        [PROGRAM, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def export(directory, file):
    status, text = millpond("export", str(file), "--data-dir", str(directory))
    assert status == 0, text
    return file.read_bytes()


def restore(file, directory):
    status, text = millpond("import", str(file), "--data-dir", str(directory))
    assert status == 0, text


@pytest.fixture
def filled(start, tmp_path, account):
    """A running program with messages of all kinds: waiting, in flight, delayed, deduplicated and dead."""
    server = start("--data-dir", str(tmp_path / "data"))
    sqs = client(server, account)
    dead = Queue(sqs, "dead")
    redrive = f'{{"deadLetterTargetArn": "{dead.attributes("QueueArn")["QueueArn"]}", "maxReceiveCount": 1}}'
    orders = Queue(sqs, "orders", {"RedrivePolicy": redrive, "Policy": ""})
    orders.send("dead")
    orders.receive_one(VisibilityTimeout=0)
    assert orders.receive() == []
    assert dead.receive_one(WaitTimeSeconds=5, VisibilityTimeout=0)["Body"] == "dead"
    orders.send("in flight")
    orders.receive_one(VisibilityTimeout=3600)
    orders.send("delayed", DelaySeconds=900)
    for number in range(100):
        orders.send(f"waiting {number}", MessageAttributes={
            "binary": {"DataType": "Binary", "BinaryValue": bytes([number])},
        })
    fifo = Queue(sqs, "orders.fifo", {"FifoQueue": "true"})
    sent = fifo.send("once", MessageGroupId="g", MessageDeduplicationId="d")
    fifo.delete(fifo.receive_one())
    sqs.tag_queue(QueueUrl=orders.url, Tags={"team": "blue"})
    return server, tmp_path / "data", sent["SequenceNumber"]


def test_what_a_running_program_gives_is_what_its_directory_holds(filled, tmp_path):
    server, data, _ = filled
    live = export(data, tmp_path / "live")
    assert server.running()
    server.kill()
    assert export(data, tmp_path / "still") == live
    restore(tmp_path / "live", tmp_path / "copy")
    assert export(tmp_path / "copy", tmp_path / "again") == live


def test_an_imported_directory_serves_everything_as_it_was(filled, start, tmp_path, account):
    _, data, sequence_number = filled
    export(data, tmp_path / "archive")
    restore(tmp_path / "archive", tmp_path / "copy")
    sqs = client(start("--data-dir", str(tmp_path / "copy")), account)
    orders = Queue(sqs, "orders", {})
    assert orders.counts() == (100, 1, 1)
    assert sqs.list_queue_tags(QueueUrl=orders.url)["Tags"] == {"team": "blue"}
    bodies = {message["Body"] for _ in range(10) for message in orders.receive()}
    assert bodies == {f"waiting {number}" for number in range(100)}
    assert Queue(sqs, "dead").receive_one()["Body"] == "dead"
    fifo = Queue(sqs, "orders.fifo", {"FifoQueue": "true"})
    again = fifo.send("once", MessageGroupId="g", MessageDeduplicationId="d")
    assert again["SequenceNumber"] == sequence_number
    assert fifo.receive() == []


def test_what_is_there_is_not_overwritten_and_what_is_damaged_is_not_taken(filled, tmp_path):
    _, data, _ = filled
    archive = tmp_path / "archive"
    whole = export(data, archive)
    status, text = millpond("import", str(archive), "--data-dir", str(data))
    assert status == 1 and "not empty" in text
    archive.write_bytes(whole[: len(whole) // 2])
    status, text = millpond("import", str(archive), "--data-dir", str(tmp_path / "half"))
    assert status == 1 and "incomplete" in text
    archive.write_bytes(whole.replace(b"in flight", b"in_flight"))
    status, text = millpond("import", str(archive), "--data-dir", str(tmp_path / "changed"))
    assert status == 1 and "damaged" in text
    assert sorted(os.listdir(tmp_path)) == ["archive", "data"]


def test_nothing_to_export_is_an_error(tmp_path):
    for arguments in (["--memory"], ["--data-dir", str(tmp_path / "none")]):
        status, text = millpond(*arguments, "export", str(tmp_path / "archive"))
        assert status == 1 and "error" in text
    assert os.listdir(tmp_path) == []
