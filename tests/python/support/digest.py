"""The digests of a message, computed as the developer guide says.

Source: Amazon SQS Developer Guide, "Amazon SQS message metadata", "Calculating the MD5 message
digest for message attributes".
"""

import hashlib
import struct


def of_body(body):
    """MD5OfMessageBody, MD5OfBody."""
    return hashlib.md5(body.encode()).hexdigest()


def of_attributes(attributes):
    """MD5OfMessageAttributes, MD5OfMessageSystemAttributes."""
    digest = hashlib.md5()
    for name in sorted(attributes):
        attribute = attributes[name]
        _add(digest, name.encode())
        _add(digest, attribute["DataType"].encode())
        if "StringValue" in attribute:
            digest.update(b"\x01")
            _add(digest, attribute["StringValue"].encode())
        else:
            digest.update(b"\x02")
            _add(digest, attribute["BinaryValue"])
    return digest.hexdigest()


def _add(digest, part):
    digest.update(struct.pack(">I", len(part)))
    digest.update(part)
