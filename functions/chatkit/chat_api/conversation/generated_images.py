"""Images that the model draws with the hosted tool `image_generation` of the Responses API."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace

from agents import ImageGenerationTool
from chatkit.agents import ResponseStreamConverter
from chatkit.store import NotFoundError
from chatkit.types import (
    GeneratedImageItem,
    NoticeEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadStreamEvent,
)

from chat_api.conversation.assistant import Assistant
from chat_api.conversation.turn_context import TurnContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from chatcore.logs import logger
from chatcore.thread_pools import FILES

MAX_IMAGE_BYTES = 10 * 1024 * 1024
NOT_SHOWN = "An image could not be shown."
# The first bytes of each type. A browser would also run SVG, which is text.
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


def with_image_generation(assistant: Assistant) -> Assistant:
    """Return the assistant with an agent that can draw, over APIs that offer the tool.

    The endpoint sends no unfinished images: each would be as big as the finished one.
    """
    tool = ImageGenerationTool(tool_config={"type": "image_generation"})
    agent = assistant.agent
    return replace(assistant, agent=agent.clone(tools=[*agent.tools, tool]))


class StoredImages(ResponseStreamConverter):
    """Puts a turn's images into the bucket, so that no event and no row holds one."""

    def __init__(self, turn: TurnContext, store: DynamoStore) -> None:
        super().__init__()
        self._turn = turn
        self._store = store

    async def base64_image_to_url(
        self, image_id: str, base64_image: str, partial_image_index: int | None = None
    ) -> str:
        """Return the name of the stored image, or "" for one that cannot be shown."""
        content = await FILES.run(_decoded, base64_image)
        kind = image_kind(content)
        if kind is None:
            logger.warning("image_refused", bytes=len(content))
            return ""
        try:
            return await self._store.put_image(
                self._turn.thread.id, content, kind, self._turn.request_context
            )
        except (StoreUnavailable, NotFoundError):
            return ""


def image_kind(content: bytes) -> str | None:
    """Return the type of an image by its first bytes; None for any other file, or a big one."""
    if len(content) > MAX_IMAGE_BYTES:
        return None
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)


def without_lost_image(event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
    """Return the events to send for an event: a notice in place of an image that was not stored."""
    match event:
        case ThreadItemDoneEvent(item=GeneratedImageItem(image=image) as item) if (
            image and not image.url
        ):
            notice = NoticeEvent(level="warning", message=NOT_SHOWN)
            return [ThreadItemRemovedEvent(item_id=item.id), notice]
    return (event,)


def _decoded(text: str) -> bytes:
    """Return the bytes; none if the text is too long or not base64."""
    if not isinstance(text, str) or len(text) > MAX_IMAGE_BYTES * 2:
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
