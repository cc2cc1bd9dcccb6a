"""A queue in a test's hands."""


class Queue:
    """A queue, with names as short as the tests' sentences want them."""

    def __init__(self, sqs, name="q", attributes=None):
        self.sqs = sqs
        self.name = name
        self.url = sqs.create_queue(QueueName=name, Attributes=attributes or {})["QueueUrl"]

    def send(self, body="hello", **more):
        """Sends, and gives SendMessage's answer."""
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **more)

    def receive(self, **more):
        """Receives up to ten messages, at once unless told otherwise."""
        more = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, **more}
        return self.sqs.receive_message(QueueUrl=self.url, **more).get("Messages", [])

    def receive_one(self, **more):
        """Receives exactly one message."""
        messages = self.receive(**more)
        assert len(messages) == 1, messages
        return messages[0]

    def bodies(self, **more):
        """Receives, and gives the bodies in order of the alphabet: a standard queue has no order."""
        return sorted(message["Body"] for message in self.receive(**more))

    def delete(self, message):
        """Deletes a received message."""
        return self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def change_visibility(self, message, seconds):
        """Changes a received message's visibility timeout."""
        return self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def attributes(self, *names):
        """The named attributes, or all of them."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names or ["All"])
        return answer.get("Attributes", {})

    def counts(self):
        """How many messages are (visible, in flight, delayed)."""
        prefix = "ApproximateNumberOfMessages"
        names = [prefix, prefix + "NotVisible", prefix + "Delayed"]
        attributes = self.attributes(*names)
        return tuple(int(attributes[name]) for name in names)
