"""What a tool returned, in the form that models accept: one text, and images."""

import base64
import binascii
import json
from typing import Any, assert_never

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from chat_api.model.budget import IMAGE_BYTES, RESULT_BYTES
from chat_api.model.texts import shorten, well_formed

NOTHING = "The tool returned nothing."
NO_REASON = "The tool failed and gave no reason."
# The image types that model endpoints accept.
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")

# The output of a call in the model's format: a text, or the parts of one with images.
type Output = str | list[dict[str, str]]


def for_model(result: CallToolResult, *, room: int = RESULT_BYTES) -> CallToolResult:
    """Return the result with one text of at most `room` bytes, and the images after it.

    Anything else becomes a line that says what it was. Structured content is the text if there is
    no other. It is also kept as it is, for widgets, unless it exceeds `room`.
    """
    blocks = result.content
    lines = [_line(block) for block in blocks]
    structured = result.structured_content
    if structured is not None and not any(isinstance(block, TextContent) for block in blocks):
        lines.append(json.dumps(structured, ensure_ascii=False, separators=(",", ":")))
    text = "\n".join(line for line in lines if line.strip())
    empty = NO_REASON if result.is_error else NOTHING
    whole = TextContent(type="text", text=shorten(well_formed(text), room) or empty)
    images = [image for block in blocks if (image := _image(block))]
    return result.model_copy(
        update={
            "content": [whole, *images],
            "structured_content": structured if _is_small(structured, room) else None,
        }
    )


def as_output(result: CallToolResult) -> Output:
    """Return a result that `for_model` returned as the output of a call, in the model's format."""
    parts: list[dict[str, str]] = []
    for block in result.content:
        match block:
            case TextContent(text=text):
                parts.append({"type": "input_text", "text": text})
            case ImageContent(data=data, mime_type=kind):
                url = f"data:{kind};base64,{data}"
                parts.append({"type": "input_image", "image_url": url})
    return parts[0]["text"] if len(parts) == 1 else parts


def _line(block: ContentBlock) -> str:
    match block:
        case TextContent():
            return block.text
        case ImageContent():
            return _described("an image", block.mime_type, block.data)
        case AudioContent():
            return _described("audio, which cannot be passed on", block.mime_type, block.data)
        case ResourceLink():
            about = ": ".join(
                each for each in (block.title or block.name, block.description) if each
            )
            return f"The tool returned a link to {block.uri} ({about})."
        case EmbeddedResource(resource=resource):
            if isinstance(resource, TextResourceContents):
                return f"{resource.uri}:\n{resource.text}"
            kind = f"the file {resource.uri}"
            return _described(kind, resource.mime_type or "of unknown type", resource.blob)
    assert_never(block)


def _described(what: str, mime_type: str, data: str) -> str:
    return f"The tool returned {what} ({mime_type}, {len(data) * 3 // 4:,} bytes)."


def _image(block: ContentBlock) -> ImageContent | None:
    """Return the image in a block if endpoints accept it: a refused image would end the turn."""
    match block:
        case ImageContent(data=data, mime_type=mime_type):
            pass
        case EmbeddedResource(resource=BlobResourceContents(blob=data, mime_type=mime_type)):
            pass
        case _:
            return None
    kind = (mime_type or "").lower()
    if kind not in IMAGES or len(data) > IMAGE_BYTES or not _is_base64(data):
        return None
    return ImageContent(type="image", data=data, mime_type=kind)


def _is_base64(data: str) -> bool:
    try:
        return bool(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return False


def _is_small(structured: Any, room: int) -> bool:
    return len(json.dumps(structured)) <= room
