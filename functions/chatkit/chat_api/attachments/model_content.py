"""What a model gets of attached files.

Transcripts hold a reference to each file, and the bytes are put in its place when a request to the
model begins: of the newest files, within `MAX_FILES_BYTES`. Of older files, the model gets a line.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agents.run_config import ModelInputData

from chat_api.attachments.policy import MAX_FILES_BYTES
from chat_api.conversation.turn_context import TurnContext
from chat_api.model.budget import RESULT_BYTES
from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.texts import shorten
from chat_api.request_context import RequestContext
from chat_api.store.attachment_objects import AttachmentObjects, copy_name
from chat_api.store.dynamo import DynamoStore

if TYPE_CHECKING:
    from agents.run_config import CallModelData
    from chatkit.types import Attachment
    from openai.types.responses import ResponseInputContentParam

_MARK = "attachment"
# From here on, the files before it are withheld from the model: its endpoint has refused one.
WITHHELD = hidden_message(
    "The model's endpoint refused the files attached above. They are left out and cannot be read."
)


def reference_to(attachment: Attachment) -> ResponseInputContentParam:
    """Return the reference that stands for an attachment of a thread in its transcripts."""
    # Ids and media types contain no spaces.
    named = f"{_MARK} {attachment.mime_type} {attachment.thread_id} {attachment.id}"
    return {"type": "input_file", "file_id": named, "filename": attachment.name}


async def with_files(data: CallModelData[Any]) -> ModelInputData:
    """Return the input of a request to the model with the files in place of their references."""
    given = data.model_data
    if not any(_references(item) for item in given.input):
        return given
    context = data.context
    assert isinstance(context, TurnContext)
    assert isinstance(context.store, DynamoStore)
    filled = _Filled(context.store.files, context.request_context)
    return ModelInputData(input=await filled.items(given.input), instructions=given.instructions)


def has_sent_files(context: RequestContext) -> bool:
    """Return whether the request has given a model the bytes of a file."""
    return any(context.cache.files.values())


class _Filled:
    """Fills in the files of one request to the model, newest first."""

    def __init__(self, files: AttachmentObjects, context: RequestContext) -> None:
        self._files = files
        self._context = context
        self._left = MAX_FILES_BYTES

    async def items(self, given: Sequence[Any]) -> list[Any]:
        filled: list[Any] = []
        for item in reversed(given):
            if item == WITHHELD:
                self._left = 0
            filled.append(await self._item(item) if _references(item) else item)
        return filled[::-1]

    async def _item(self, item: Any) -> Any:
        content: list[Any] = []
        for part in item["content"]:
            content += await self._parts(part) if _is_reference(part) else [part]
        return {**item, "content": content}

    async def _parts(self, reference: Any) -> list[Any]:
        _, mime_type, thread_id, attachment_id = reference["file_id"].split(" ")
        name = str(reference.get("filename") or "file")
        if self._left <= 0:
            return [_text(f"The user attached the file “{name}” here. It is left out now.")]
        stored = copy_name(self._context.user, thread_id, attachment_id)
        data = await self._data(stored)
        if data is None:
            return [_text(f"The user attached the file “{name}” here. It is no longer stored.")]
        self._left -= len(data)
        return _content(name, mime_type, attachment_id, data)

    async def _data(self, name: str) -> bytes | None:
        """Return the bytes of a file. A request reads each file once."""
        known = self._context.cache.files
        if name not in known:
            read = await self._files.read(name, at_most=MAX_FILES_BYTES)
            known[name] = read[1] if read else None
        return known[name]


def _content(name: str, mime_type: str, attachment_id: str, data: bytes) -> list[Any]:
    line = f"The user attached the file “{name}” ({mime_type})."
    if mime_type.startswith("text/"):
        text = shorten(data.decode(errors="replace"), RESULT_BYTES)
        begin, end = (f"----- {word} of {attachment_id} -----" for word in ("Begin", "End"))
        return [_text(f"{line} Its content:\n{begin}\n{text}\n{end}")]
    encoded = f"data:{mime_type};base64,{base64.b64encode(data).decode()}"
    if mime_type.startswith("image/"):
        return [_text(line), {"type": "input_image", "image_url": encoded, "detail": "auto"}]
    if mime_type == "application/pdf":
        return [_text(line), {"type": "input_file", "filename": name, "file_data": encoded}]
    return [_text(f"{line} Files of this type cannot be read.")]


def _references(item: Any) -> bool:
    if item.get("role") != "user" or not isinstance(content := item.get("content"), list):
        return False
    return any(map(_is_reference, content))


def _is_reference(part: Any) -> bool:
    if not isinstance(part, dict) or part.get("type") != "input_file":
        return False
    return str(part.get("file_id", "")).startswith(f"{_MARK} ")


def _text(text: str) -> dict[str, str]:
    return {"type": "input_text", "text": text}
