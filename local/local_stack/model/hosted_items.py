"""The items and events of tools that OpenAI runs itself, as they are on the wire."""

import base64
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote

from local_stack.model.conversation import HostedCall
from local_stack.model.model import Model

type Item = dict[str, Any]

# The events between the beginning and the end of a call, by the type of its item.
_PROGRESS = {
    "image_generation_call": ("in_progress", "generating", "completed"),
    "web_search_call": ("in_progress", "searching", "completed"),
}
_SIDE = 64


def hosted_item(call: HostedCall, model: Model) -> Item:
    """Return the finished item of a call."""
    if call.type == "image_generation":
        return {
            "id": model.new_id("ig_"),
            "type": "image_generation_call",
            "status": "completed",
            "result": base64.b64encode(picture(call.about)).decode(),
            "revised_prompt": f"A picture of {call.about}",
            "output_format": "png",
        }
    return {
        "id": model.new_id("ws_"),
        "type": "web_search_call",
        "status": "completed",
        "action": {
            "type": "search",
            "query": call.about,
            "queries": [call.about],
            "sources": [{"type": "url", "url": _page(call)}],
        },
    }


def cited(call: HostedCall) -> Callable[[Item], Item]:
    """Return a function that returns a message with the source of its text."""

    def with_source(message: Item) -> Item:
        if call.type != "web_search":
            return message
        [part] = message["content"]
        source = {
            "type": "url_citation",
            "url": _page(call),
            "title": f"All about {call.about}",
            "start_index": 0,
            "end_index": len(part["text"]),
        }
        return {**message, "content": [{**part, "annotations": [source]}]}

    return with_source


async def hosted_events(item: Item, index: int, model: Model) -> AsyncIterator[tuple[str, Item]]:
    """Yield the events of a call up to its end."""
    begun = {**item, "status": "in_progress"} | ({"result": None} if "result" in item else {})
    yield "response.output_item.added", {"output_index": index, "item": begun}
    for state in _PROGRESS[item["type"]]:
        await model.pause()
        yield f"response.{item['type']}.{state}", {"output_index": index, "item_id": item["id"]}


def picture(about: str) -> bytes:
    """Return a small PNG whose color depends on what it is about."""
    color = zlib.crc32(about.encode()).to_bytes(4, "big")[:3]
    rows = (b"\0" + color * _SIDE) * _SIDE
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _page(call: HostedCall) -> str:
    return f"https://example.com/{quote(call.about)}"
