"""The parts of messages and results: texts, images and files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from chat_api.model.texts import shorten, well_formed

if TYPE_CHECKING:
    from chat_api.model.input.input_format import InputFormat

# An item or a part of one, as it was stored or received: any JSON object.
type RawItem = Mapping[str, object]

MEDIA = ("input_image", "input_file")
UNSEEN_IMAGE = "An image was here, which this model cannot see."
UNREAD_FILE = "A file was here, which this model cannot read."
NAME_BYTES = 200

_KEYS = {
    "input_text": ("text",),
    "input_image": ("image_url", "file_id", "detail"),
    "input_file": ("file_data", "file_id", "file_url", "filename"),
    "input_audio": ("input_audio",),
}
# The members that hold the content itself. Chat Completions takes only the first ones.
_SOURCES = {
    "input_image": ("image_url", "file_id"),
    "input_file": ("file_data", "file_id", "file_url"),
    "input_audio": ("input_audio",),
}
_CHAT_SOURCES = {**_SOURCES, "input_image": ("image_url",), "input_file": ("file_data", "file_id")}


def readable_parts(content: object, form: InputFormat, *, media: bool = True) -> list[RawItem]:
    """Return the parts of known types, each with its known keys alone.

    A line of text replaces an image or a file that the model cannot read, or every one of them
    without `media`.
    """
    parts = (_part(each) for each in as_list(content))
    return [part if _is_read(part, form, media) else _line(part) for part in parts if part]


def text_of(value: object) -> str:
    """Return a value as text that UTF-8 can encode."""
    if isinstance(value, str):
        return well_formed(value)
    return "" if value is None else json.dumps(value, default=str)


def as_list(content: object) -> Sequence[object]:
    """Return the list, or an empty one for any other value."""
    return content if isinstance(content, list) else ()


def _part(part: object) -> RawItem | None:
    if not isinstance(part, dict):
        return None
    if isinstance(part.get("text"), str):
        return {"type": "input_text", "text": text_of(part["text"])}
    kind = str(part.get("type"))
    kept = {key: part[key] for key in _KEYS.get(kind, ()) if part.get(key)}
    return {"type": kind, **kept} if any(key in kept for key in _SOURCES.get(kind, ())) else None


def _is_read(part: RawItem, form: InputFormat, media: bool) -> bool:
    kind = str(part["type"])
    if kind not in MEDIA:
        return True
    able = form.images if kind == "input_image" else form.files
    sources = (_CHAT_SOURCES if form.parts else _SOURCES)[kind]
    return media and able and any(key in part for key in sources)


def _line(part: RawItem) -> RawItem:
    line = UNSEEN_IMAGE if part["type"] == "input_image" else UNREAD_FILE
    if name := text_of(part.get("filename")):
        line = f"The file “{shorten(name, NAME_BYTES)}” was here, which this model cannot read."
    return {"type": "input_text", "text": line}
