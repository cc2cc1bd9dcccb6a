"""Writes the sample of stored rows: `python fuzz/record_rows.py PROGRAM`. The program fills a directory with queues of
both types, with messages in flight, delayed, dead and deduplicated, and exports it."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3

SAMPLE = Path(__file__).parent / "corpus/rows/queues"
FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}


def fill(sqs):
    for suffix, attributes in (("", {}), (".fifo", FIFO)):
        sqs.create_queue(QueueName="dead" + suffix, Attributes=attributes)
        dead = f"arn:aws:sqs:us-east-1:000000000000:dead{suffix}"
        redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 1})
        url = sqs.create_queue(
            QueueName="q" + suffix, Attributes={**attributes, "RedrivePolicy": redrive}, tags={"team": "blue"}
        )["QueueUrl"]
        for number in range(6):
            group = {"MessageGroupId": f"g{number}"} if suffix or number == 5 else {}
            sqs.send_message(QueueUrl=url, MessageBody=f"body {number}", **group, MessageAttributes={
                "binary": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
            })
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2, VisibilityTimeout=0)
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3, VisibilityTimeout=40000)
        if not suffix:
            sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        server = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--data-dir", directory],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        try:
            url = re.search(r"http://\S+", server.stdout.readline())[0]
            fill(boto3.client("sqs", endpoint_url=url, region_name="us-east-1",
                              aws_access_key_id="000000000000", aws_secret_access_key="any"))
            subprocess.run([program, "export", str(SAMPLE), "--data-dir", directory], check=True)
        finally:
            server.kill()
            server.wait()


main()
