"""The JSON of items, threads and attachments as rows hold it."""

from datetime import UTC

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


def read_thread(json: bytes) -> ThreadMetadata:
    return ThreadMetadata.model_validate_json(json)


def read_item(json: bytes) -> ThreadItem:
    """An item. A workflow's time is naive: the SDK subtracts it from a naive now."""
    item = _ITEM.validate_json(json)
    if isinstance(item, WorkflowItem):
        local = item.created_at.astimezone().replace(tzinfo=None)
        return item.model_copy(update={"created_at": local})
    return item


def dump_attachment(attachment: Attachment) -> str:
    return attachment.model_dump_json(exclude_none=True)


def read_attachment(json: bytes) -> Attachment:
    return _ATTACHMENT.validate_json(json)
