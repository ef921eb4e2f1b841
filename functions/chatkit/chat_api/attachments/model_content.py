"""What a model gets of attached files.

Transcripts hold a reference to each file, and the bytes are put in its place when a request to the
model begins: within `MAX_FILES_BYTES`, the newest files first. Those before the newest message have
smaller bounds, because every later request contains them. Of the others, the model gets a line.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from agents.run_config import ModelInputData

from chat_api.attachments.policy import EARLIER_FILES_BYTES, EARLIER_TEXT_BYTES, MAX_FILES_BYTES
from chat_api.conversation.turn_context import TurnContext
from chat_api.model.budget import RESULT_BYTES
from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.input.trimming import newest_turn_start
from chat_api.model.model_config import ModelConfig, ModelList
from chat_api.model.texts import json_bytes, shorten
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


async def with_files(data: CallModelData[Any], models: ModelList) -> ModelInputData:
    """Return the input of a request to the model with the files in place of their references."""
    given = data.model_data
    if not any(_references(item) for item in given.input):
        return given
    context = data.context
    assert isinstance(context, TurnContext)
    assert isinstance(context.store, DynamoStore)
    model = data.agent.model
    config = models.config(model if isinstance(model, str) else None)
    filled = _Filled(context.store.files, context.request_context, config)
    return ModelInputData(input=await filled.items(given.input), instructions=given.instructions)


class _Filled:
    """Fills in the files of one request to the model, newest first."""

    def __init__(
        self, files: AttachmentObjects, context: RequestContext, config: ModelConfig
    ) -> None:
        self._files = files
        self._context = context
        self._config = config
        # The bytes that are left for all files, and for the texts among them.
        self._left = self._text_left = MAX_FILES_BYTES

    async def items(self, given: Sequence[Any]) -> list[Any]:
        start = newest_turn_start(given)
        newest = await self._each(given[start:])
        self._left = min(self._left, EARLIER_FILES_BYTES)
        self._text_left = EARLIER_TEXT_BYTES
        return [*await self._each(given[:start]), *newest]

    async def _each(self, given: Sequence[Any]) -> list[Any]:
        filled: list[Any] = []
        for item in reversed(given):
            if item == WITHHELD:
                self._left = 0
            filled.append(await self._item(item) if _references(item) else item)
        return filled[::-1]

    async def _item(self, item: Any) -> Any:
        parts = [
            await self._parts(part) if _is_reference(part) else [part]
            for part in reversed(item["content"])
        ]
        return {**item, "content": [*chain.from_iterable(reversed(parts))]}

    async def _parts(self, reference: Any) -> list[Any]:
        _, mime_type, thread_id, attachment_id = reference["file_id"].split(" ")
        name = str(reference.get("filename") or "file")
        if unread := self._unread(mime_type):
            return [_text(f"{_line(name, mime_type)} {unread}")]
        left_out = [_text(f"The user attached the file “{name}” here. It is left out now.")]
        is_text = mime_type.startswith("text/")
        if self._left <= 0 or (is_text and self._text_left <= 0):
            return left_out
        data = await self._data(copy_name(self._context.user, thread_id, attachment_id))
        if data is None:
            return [_text(f"The user attached the file “{name}” here. It is no longer stored.")]
        if is_text:
            text = shorten(data.decode(errors="replace"), min(RESULT_BYTES, self._text_left))
            fits = self._take(size := json_bytes(text))
            self._text_left -= size
            self._context.cache.has_sent_text |= fits
            return _text_parts(name, mime_type, attachment_id, text) if fits else left_out
        fits = self._take(len(data))
        self._context.cache.has_sent_media |= fits
        return _media_parts(name, mime_type, data) if fits else left_out

    def _unread(self, mime_type: str) -> str | None:
        """Return why the model cannot read files of this type; None if it can."""
        can_read = {"text": True, "image": self._config.images}.get(mime_type.split("/")[0])
        if mime_type == "application/pdf":
            can_read = self._config.files
        if can_read is None:
            return "Files of this type cannot be read."
        return None if can_read else "This model cannot read it."

    def _take(self, size: int) -> bool:
        """Return whether a file still fits. After one that does not, no older one does."""
        fits = size <= self._left
        self._left = self._left - size if fits else 0
        return fits

    async def _data(self, name: str) -> bytes | None:
        """Return the bytes of a file. A request reads each file once."""
        known = self._context.cache.files
        if name not in known:
            read = await self._files.read(name, at_most=MAX_FILES_BYTES)
            known[name] = read[1] if read else None
        return known[name]


def _text_parts(name: str, mime_type: str, attachment_id: str, text: str) -> list[Any]:
    begin, end = (f"----- {word} of {attachment_id} -----" for word in ("Begin", "End"))
    return [_text(f"{_line(name, mime_type)} Its content:\n{begin}\n{text}\n{end}")]


def _media_parts(name: str, mime_type: str, data: bytes) -> list[Any]:
    line = _text(_line(name, mime_type))
    encoded = f"data:{mime_type};base64,{base64.b64encode(data).decode()}"
    if mime_type.startswith("image/"):
        return [line, {"type": "input_image", "image_url": encoded, "detail": "auto"}]
    return [line, {"type": "input_file", "filename": name, "file_data": encoded}]


def _line(name: str, mime_type: str) -> str:
    return f"The user attached the file “{name}” ({mime_type})."


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
