"""What a refusal must look like."""

from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from .clients import speaks_query

NO_SUCH_QUEUE = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "The specified queue does not exist.",
)


def receipt_handle_refused(message=None):
    """The block's receipt handle must be refused. Query's status is another one than JSON's."""
    return refused("ReceiptHandleIsInvalid", message, 404 if speaks_query() else 400)


@contextmanager
def refused(code, message=None, status=400):
    """The block must be refused with this code and message; the same in both protocols."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
