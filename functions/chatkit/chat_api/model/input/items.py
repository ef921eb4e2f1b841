"""One item of a history: what an API takes of it, wherever it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeIs, cast

from chat_api.model.budget import RESULT_BYTES
from chat_api.model.texts import shorten, well_formed
from chat_api.model.tool_arguments import UnreadableArguments, plain_arguments

if TYPE_CHECKING:
    from agents.items import TResponseInputItem
    from openai.types.responses import ResponseFunctionToolCallParam
    from openai.types.responses.response_input_item_param import FunctionCallOutput

# An item that an API takes, in the format of the Responses API.
type Item = TResponseInputItem
type Call = ResponseFunctionToolCallParam
type Result = FunctionCallOutput
# An item or a part of one, as it was stored or received: any JSON object.
type RawItem = Mapping[str, object]

CALL = "function_call"
RESULT = "function_call_output"
REASONING = "reasoning"
# OpenAI refuses a request over the name of a tool that was called once, long ago.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
MAX_NAME = 64
# The id by which the Agents SDK recognizes a model's message. It never sends this id.
SDK_ID = "__fake_id__"
EMPTY_MESSAGE = "(This message has no text.)"
EMPTY_RESULT = "The tool returned nothing."
MEDIA_RESULT = "The tool returned something that is not text."
# How much of arguments that cannot be parsed is quoted to the model.
QUOTED_BYTES = 500

_PHASES = ("commentary", "final_answer")
_MEDIA = ("input_image", "input_file")
_PART_KEYS = {
    "input_text": ("text",),
    "input_image": ("image_url", "file_id", "detail"),
    "input_file": ("file_data", "file_id", "file_url", "filename"),
    "input_audio": ("input_audio",),
}


@dataclass(frozen=True)
class InputFormat:
    """What a history may contain.

    `media`: images and files in the results of tools. `hosted`: items of tools that the endpoint
    runs itself. `parts`: assistant messages in the form that the SDK joins with the calls after
    them. Reasoning is `encrypted` (Responses) or `readable` (Chat Completions).
    """

    media: bool = False
    hosted: bool = False
    parts: bool = False
    encrypted: bool = False
    readable: bool = False


RESPONSES = InputFormat(media=True, hosted=True, encrypted=True)
CHAT_COMPLETIONS = InputFormat(parts=True, readable=True)
# For either API and any model, because another model may answer the next turn.
STORED = InputFormat(readable=True)


def is_call(item: Item) -> TypeIs[Call]:
    return item.get("type") == CALL


def is_result(item: Item) -> TypeIs[Result]:
    return item.get("type") == RESULT


def clean_item(item: RawItem, form: InputFormat) -> Item | None:
    """Return what the format takes of an item, or None.

    Ids are left out, because nothing is stored at the endpoint. Arguments that are not a JSON
    object become an empty one.
    """
    match item.get("type", "message"):
        case "message":
            return _message(item, form)
        case "function_call":
            return _call(item)
        case "function_call_output":
            return _result(item, form)
        case "reasoning":
            return _reasoning(item, form)
        case "item_reference":
            return None
    # No endpoint takes an item of its own tools without the item's id.
    return cast("Item", item) if form.hosted and item.get("id") else None


def arguments_error(arguments: object) -> str:
    """Return what the model gets as the result of a call with these arguments.

    Return "" if they are a JSON object.
    """
    try:
        plain_arguments(_text(arguments))
    except UnreadableArguments as error:
        quoted = shorten(_text(arguments), QUOTED_BYTES)
        return (
            "The tool was not called: its arguments were not a JSON object."
            f" {error}. They were: {quoted}"
        )
    return ""


def assistant_message(text: str, form: InputFormat = STORED) -> Item:
    """Return an assistant's message without an id, in that format."""
    if not form.parts:
        # The one form that both APIs take without an id.
        return {"role": "assistant", "content": text}
    return {
        "type": "message",
        "id": SDK_ID,
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def _message(item: RawItem, form: InputFormat) -> Item | None:
    role, content = item.get("role"), item.get("content")
    if role == "assistant":
        text = _assistant_text(content)
        phase = item.get("phase")
        kept = {"phase": phase} if phase in _PHASES and not form.parts else {}
        return cast("Item", {**assistant_message(text, form), **kept}) if text.strip() else None
    if role not in ("user", "system", "developer"):
        return None
    kind = {"type": "message"} if "type" in item else {}
    return cast("Item", {**kind, "role": role, "content": _user_content(content)})


def _user_content(content: object) -> str | list[RawItem]:
    if isinstance(content, str):
        return _text(content) if content.strip() else EMPTY_MESSAGE
    parts = _parts(content)
    if any(part["type"] != "input_text" or str(part["text"]).strip() for part in parts):
        return parts
    return [{"type": "input_text", "text": EMPTY_MESSAGE}]


def _call(item: RawItem) -> Item | None:
    call_id, name = item.get("call_id"), item.get("name")
    if not isinstance(call_id, str) or not isinstance(name, str):
        return None
    try:
        arguments = plain_arguments(_text(item.get("arguments")))
    except UnreadableArguments:
        arguments = "{}"
    safe = _NOT_IN_NAMES.sub("_", name)[:MAX_NAME] or "unknown"
    call = {"type": CALL, "call_id": call_id, "name": safe, "arguments": arguments}
    kept = {key: item[key] for key in ("namespace", "provider_data") if item.get(key)}
    return cast("Call", {**call, **kept})


def _result(item: RawItem, form: InputFormat) -> Item | None:
    if not isinstance(item.get("call_id"), str):
        return None
    output = _output(item.get("output"), form)
    return cast("Result", {"type": RESULT, "call_id": item["call_id"], "output": output})


def _output(output: object, form: InputFormat) -> str | list[RawItem]:
    if not isinstance(output, list):
        text = shorten(_text(output), RESULT_BYTES)
        return text if text.strip() else EMPTY_RESULT
    parts = _parts(output)
    media = [part for part in parts if part["type"] in _MEDIA]
    joined = "\n".join(str(part["text"]) for part in parts if part["type"] == "input_text")
    without_text = MEDIA_RESULT if media else EMPTY_RESULT
    text = shorten(joined, RESULT_BYTES) if joined.strip() else without_text
    return [{"type": "input_text", "text": text}, *media] if media and form.media else text


def _reasoning(item: RawItem, form: InputFormat) -> Item | None:
    """Return reasoning with its content, or None. No endpoint finds it again by its id alone."""
    # Only reasoning that came over Chat Completions names its provider. Its texts are for the model
    # that wrote them, and the signatures in it mean nothing to the Responses API.
    if item.get("provider_data"):
        taken = form.readable and (item.get("content") or item.get("summary"))
    else:
        taken = form.encrypted and item.get("encrypted_content")
    if not taken:
        return None
    left_out = ("id", "status")
    kept = {key: each for key, each in item.items() if key not in left_out and each is not None}
    return cast("Item", kept)


def _assistant_text(content: object) -> str:
    if isinstance(content, str):
        return _text(content)
    parts = [part for part in _as_list(content) if isinstance(part, dict)]
    return "".join(_text(part.get("text") or part.get("refusal")) for part in parts)


def _parts(content: object) -> list[RawItem]:
    """Return the parts of known types, each with its known keys alone."""
    return [part for each in _as_list(content) if (part := _part(each))]


def _part(part: object) -> RawItem | None:
    if not isinstance(part, dict):
        return None
    if isinstance(part.get("text"), str):
        return {"type": "input_text", "text": _text(part["text"])}
    kind = str(part.get("type"))
    kept = {key: part[key] for key in _PART_KEYS.get(kind, ()) if part.get(key)}
    return {"type": kind, **kept} if kept else None


def _as_list(content: object) -> Sequence[object]:
    return content if isinstance(content, list) else ()


def _text(value: object) -> str:
    if isinstance(value, str):
        return well_formed(value)
    return "" if value is None else json.dumps(value, default=str)
