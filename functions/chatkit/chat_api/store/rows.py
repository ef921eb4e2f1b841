"""A row's body: JSON, compressed above 1 KB, in one attribute, beside its keys and its expiry."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from chatcore.errors import TooLarge

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Row = dict[str, AttributeValueTypeDef]

COMPRESSED_ABOVE = 1024
# DynamoDB bounds a row at 400 KB, keys and expiry included.
MAX_BODY_BYTES = 390 * 1024


def row(partition: str, sort: str, json: str, expires_at: float) -> Row:
    """`expires_at` in seconds since 1970. Raises `TooLarge` for a body that fits no row."""
    text = json.encode()
    small = len(text) <= COMPRESSED_ABOVE
    packed = text if small else zlib.compress(text)
    if len(packed) > MAX_BODY_BYTES:
        raise TooLarge("That is too much text for one message.")
    return {
        "pk": {"S": partition},
        "sk": {"S": sort},
        "body": {"S": json} if small else {"B": packed},
        "expires_at": seconds(expires_at),
    }


def seconds(at: float) -> AttributeValueTypeDef:
    """A time in seconds since 1970, as DynamoDB's TTL takes it."""
    return {"N": str(int(at))}


def body(stored: Row) -> bytes:
    """The JSON of a row. Raises `ValueError`, `KeyError` or `zlib.error` for a corrupt one."""
    value = stored["body"]
    return value["S"].encode() if "S" in value else zlib.decompress(bytes(value["B"]))


def expiry(stored: Row) -> int:
    return int(stored["expires_at"]["N"])
