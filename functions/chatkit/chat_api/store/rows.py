"""Rows: keys, a body of JSON in one attribute, compressed above 1 KB, and an expiry."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any

from chatkit.types import (
    Attachment,
    ThreadItem,
    ThreadMetadata,
    WorkflowItem,
)
from pydantic import TypeAdapter

from chat_api.own_items import read_own
from chatcore.errors import TooLarge
from chatcore.logs import described, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Row = dict[str, AttributeValueTypeDef]

COMPRESSED_ABOVE = 1024
# DynamoDB limits a row to 400 KB, keys and expiry included.
MAX_PACKED = 390 * 1024
# What reading a corrupt row raises.
UNREADABLE = (KeyError, ValueError, OverflowError, zlib.error)


def new_row(partition: str, sort: str, json: str, expires_at: float) -> Row:
    """Return a row with a body. `expires_at` is in seconds since 1970.

    Raise `TooLarge` for a body that does not fit into a row.
    """
    return bare_row(partition, sort, expires_at) | {"body": _packed(json)}


def bare_row(partition: str, sort: str, expires_at: float) -> Row:
    """Return a row that has no body yet."""
    return key(partition, sort) | {"expires_at": seconds(expires_at)}


def key(partition: str, sort: str) -> Row:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def seconds(at: float) -> AttributeValueTypeDef:
    """Return a time in whole seconds since 1970, as DynamoDB's TTL takes it."""
    return {"N": str(int(at))}


def body(stored: Row) -> bytes:
    """Return the JSON in a row. Raise one of `UNREADABLE` for a corrupt row."""
    value = stored["body"]
    return value["S"].encode() if "S" in value else zlib.decompress(bytes(value["B"]))


def expiry(stored: Row) -> int:
    """Return when a row expires, in seconds since 1970."""
    return int(stored["expires_at"]["N"])


def object_name(stored: Row | None) -> str | None:
    """Return the name of the S3 object that holds the row's body; None if the row holds it."""
    return stored["object"].get("S") if stored and "object" in stored else None


def file_names(stored: Row | None) -> list[str]:
    """Return the names of the S3 objects that go with a row: its body, and the image in it."""
    held = stored or {}
    return [name for key in ("object", "image") if key in held and (name := held[key].get("S"))]


def is_live(stored: Row, now: float) -> bool:
    """Return whether a row is shown: it is not expired, no tombstone and not corrupt."""
    with skip_unreadable(stored):
        return expiry(stored) > now and "deleted" not in stored
    return False


@contextmanager
def skip_unreadable(stored: Row) -> Iterator[None]:
    """Leave the block when it cannot read the row, and log that."""
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
        raise TooLarge("That is too much text to store.")
    return {"B": packed}


_ITEM = TypeAdapter[ThreadItem](ThreadItem)
_ATTACHMENT = TypeAdapter[Attachment](Attachment)


def dump(model: ThreadItem | ThreadMetadata) -> str:
    """Return JSON without nulls, with the time of creation in UTC.

    The SDK's own times are naive local ones.
    """
    stamped = model.model_copy(update={"created_at": model.created_at.astimezone(UTC)})
    return stamped.model_dump_json(exclude_none=True)


def read_thread(text: bytes) -> ThreadMetadata:
    return ThreadMetadata.model_validate_json(text)


def read_item(text: bytes) -> ThreadItem:
    """Return an item. A workflow's time is naive: the SDK subtracts it from a naive now."""
    item = read_own(_ITEM.validate_json(text), text)
    if isinstance(item, WorkflowItem):
        local = item.created_at.astimezone().replace(tzinfo=None)
        return item.model_copy(update={"created_at": local})
    return item


def dump_attachment(attachment: Attachment) -> str:
    return attachment.model_dump_json(exclude_none=True)


def read_attachment(text: bytes) -> Attachment:
    return _ATTACHMENT.validate_json(text)


def dump_turn(turn: list[Any] | dict[str, Any]) -> str:
    """Return a turn's JSON without escapes, so that four bytes of it are about a token."""
    text = json.dumps(turn, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair cannot be stored, and means nothing.
    return text.encode(errors="replace").decode()


def read_turn(text: bytes) -> list[Any]:
    turn = json.loads(text)
    if not isinstance(turn, list):
        raise ValueError("A turn is a list")
    return turn
