"""Rows: keys, a body of JSON in one attribute, compressed above 1 KB, and an expiry."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatcore.errors import TooLarge
from chatcore.logs import described, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Row = dict[str, AttributeValueTypeDef]

DAY = 86_400
COMPRESSED_ABOVE = 1024
# DynamoDB bounds a row at 400 KB, keys and expiry included.
MAX_PACKED = 390 * 1024
# What a body that nobody can read raises.
UNREADABLE = (KeyError, ValueError, OverflowError, zlib.error)


def row(partition: str, sort: str, json: str, expires_at: float) -> Row:
    """`expires_at` in seconds since 1970. Raises `TooLarge` for a body that fits no row."""
    return keyed(partition, sort, expires_at) | {"body": _packed(json)}


def keyed(partition: str, sort: str, expires_at: float) -> Row:
    return key(partition, sort) | {"expires_at": seconds(expires_at)}


def key(partition: str, sort: str) -> Row:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def seconds(at: float) -> AttributeValueTypeDef:
    """A time in seconds since 1970, as DynamoDB's TTL takes it."""
    return {"N": str(int(at))}


def body(stored: Row) -> bytes:
    """The JSON of a row. Raises one of `UNREADABLE` for a corrupt one."""
    value = stored["body"]
    return value["S"].encode() if "S" in value else zlib.decompress(bytes(value["B"]))


def expiry(stored: Row) -> int:
    return int(stored["expires_at"]["N"])


def object_of(stored: Row | None) -> str | None:
    """The name of the row's body in the bucket, if it is there."""
    return stored["object"].get("S") if stored and "object" in stored else None


def alive(stored: Row, now: float) -> bool:
    """Whether a row is to be seen: neither expired, nor a tombstone, nor corrupt."""
    with passed_over(stored):
        return expiry(stored) > now and "deleted" not in stored
    return False


@contextmanager
def passed_over(stored: Row) -> Iterator[None]:
    """Where a row that cannot be read is logged, and left alone."""
    try:
        yield
    except UNREADABLE as error:
        logger.error("row_unreadable", sort_key=stored["sk"]["S"], **described(error))


def _packed(json: str) -> AttributeValueTypeDef:
    text = json.encode()
    if len(text) <= COMPRESSED_ABOVE:
        return {"S": json}
    packed = zlib.compress(text)
    if len(packed) > MAX_PACKED:
        raise TooLarge("That is too much text to be kept.")
    return {"B": packed}
