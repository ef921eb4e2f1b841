"""The JSON of items, turns, threads and attachments as rows hold it."""

import json
from datetime import UTC
from typing import Any

from chatkit.types import (
    Attachment,
    ThreadItem,
    ThreadMetadata,
    WorkflowItem,
)
from pydantic import TypeAdapter

_ITEM = TypeAdapter[ThreadItem](ThreadItem)
_ATTACHMENT = TypeAdapter[Attachment](Attachment)


def dump(model: ThreadItem | ThreadMetadata) -> str:
    """JSON without nulls, the time of creation in UTC (the SDK's own is naive local time)."""
    stamped = model.model_copy(update={"created_at": model.created_at.astimezone(UTC)})
    return stamped.model_dump_json(exclude_none=True)


def read_thread(text: bytes) -> ThreadMetadata:
    return ThreadMetadata.model_validate_json(text)


def read_item(text: bytes) -> ThreadItem:
    """An item. A workflow's time is naive: the SDK subtracts it from a naive now."""
    item = _ITEM.validate_json(text)
    if isinstance(item, WorkflowItem):
        local = item.created_at.astimezone().replace(tzinfo=None)
        return item.model_copy(update={"created_at": local})
    return item


def dump_attachment(attachment: Attachment) -> str:
    return attachment.model_dump_json(exclude_none=True)


def read_attachment(text: bytes) -> Attachment:
    return _ATTACHMENT.validate_json(text)


def dump_turn(turn: list[Any]) -> str:
    """The JSON of a turn, in the letters of its language: four bytes of it are about a token."""
    text = json.dumps(turn, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair cannot be stored, and means nothing.
    return text.encode(errors="replace").decode()


def read_turn(text: bytes) -> list[Any]:
    turn = json.loads(text)
    if not isinstance(turn, list):
        raise ValueError("A turn is a list")
    return turn
