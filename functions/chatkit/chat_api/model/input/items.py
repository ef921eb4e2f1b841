"""One item of a history: what an endpoint takes of it, whoever made it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chat_api.model.arguments import BadArguments, plain_arguments
from chat_api.model.budget import RESULT_BYTES
from chat_api.model.texts import shorten, well_formed

# In the format of the Responses API, or what an endpoint made of it.
type Item = dict[str, Any]

CALL = "function_call"
RESULT = "function_call_output"
REASONING = "reasoning"
# OpenAI refuses a request over the name of a tool that was called once, long ago.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
MAX_NAME = 64
# By which the Agents SDK knows a message of the model. It never sends this id.
SDK_ID = "__fake_id__"
NO_TEXT = "(This message has no text.)"
NOTHING = "The tool returned nothing."
NOT_TEXT = "The tool returned something that is not text."
# Of arguments that cannot be read, as they are quoted to the model.
QUOTED_BYTES = 500

_PHASES = ("commentary", "final_answer")
_MEDIA = ("input_image", "input_file")
_PART_NAMES = {
    "input_text": ("text",),
    "input_image": ("image_url", "file_id", "detail"),
    "input_file": ("file_data", "file_id", "file_url", "filename"),
    "input_audio": ("input_audio",),
}


@dataclass(frozen=True)
class Form:
    """What a history may hold.

    `media` are images and files in results of tools, `hosted` the items of tools that the endpoint
    runs itself, `parts` assistant messages in the form that the SDK joins with the calls after
    them. Reasoning is `encrypted` (Responses) or `readable` (Chat Completions).
    """

    media: bool = False
    hosted: bool = False
    parts: bool = False
    encrypted: bool = False
    readable: bool = False


RESPONSES = Form(media=True, hosted=True, encrypted=True)
CHAT_COMPLETIONS = Form(parts=True, readable=True)
# For either API, and for any model: the next turn may ask another one.
STORED = Form(readable=True)


def cleaned(item: Item, form: Form) -> Item | None:
    """Return what the form takes of an item, or None. Ids are left out: nothing is stored there.

    Arguments that are not a JSON object become an empty one.
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
    # Without its id no endpoint takes an item of its own tools.
    return item if form.hosted and item.get("id") else None


def problem(arguments: object) -> str:
    """Return what the model is told of a call with these arguments, "" for a JSON object."""
    try:
        plain_arguments(_text(arguments))
    except BadArguments as error:
        quoted = shorten(_text(arguments), QUOTED_BYTES)
        return (
            "The tool was not called: its arguments were not a JSON object."
            f" {error}. They were: {quoted}"
        )
    return ""


def assistant(text: str, form: Form = STORED) -> Item:
    """Return an assistant's message without an id, as the form has it."""
    if not form.parts:
        # The one form that both APIs take without an id.
        return {"role": "assistant", "content": text}
    part = {"type": "output_text", "text": text, "annotations": []}
    message = {"type": "message", "role": "assistant", "status": "completed", "content": [part]}
    return message | {"id": SDK_ID}


def _message(item: Item, form: Form) -> Item | None:
    role, content = item.get("role"), item.get("content")
    if role == "assistant":
        text = _said(content)
        phase = item.get("phase")
        kept = {"phase": phase} if phase in _PHASES and not form.parts else {}
        return assistant(text, form) | kept if text.strip() else None
    if role not in ("user", "system", "developer"):
        return None
    kind = {"type": "message"} if "type" in item else {}
    if isinstance(content, str):
        return kind | {"role": role, "content": _text(content) if content.strip() else NO_TEXT}
    parts = _parts(content)
    if not any(part["type"] != "input_text" or part["text"].strip() for part in parts):
        parts = [{"type": "input_text", "text": NO_TEXT}]
    return kind | {"role": role, "content": parts}


def _call(item: Item) -> Item | None:
    call_id, name = item.get("call_id"), item.get("name")
    if not isinstance(call_id, str) or not isinstance(name, str):
        return None
    try:
        arguments = plain_arguments(_text(item.get("arguments")))
    except BadArguments:
        arguments = "{}"
    safe = _NOT_IN_NAMES.sub("_", name)[:MAX_NAME] or "unknown"
    call = {"type": CALL, "call_id": call_id, "name": safe, "arguments": arguments}
    kept = ("namespace", "provider_data")
    return call | {each: item[each] for each in kept if item.get(each)}


def _result(item: Item, form: Form) -> Item | None:
    if not isinstance(item.get("call_id"), str):
        return None
    result = {"type": RESULT, "call_id": item["call_id"]}
    output = item.get("output")
    if not isinstance(output, list):
        text = shorten(_text(output), RESULT_BYTES)
        return result | {"output": text if text.strip() else NOTHING}
    parts = _parts(output)
    media = [part for part in parts if part["type"] in _MEDIA]
    text = "\n".join(part["text"] for part in parts if part["type"] == "input_text")
    text = shorten(text, RESULT_BYTES) if text.strip() else NOT_TEXT if media else NOTHING
    if not media or not form.media:
        return result | {"output": text}
    return result | {"output": [{"type": "input_text", "text": text}, *media]}


def _reasoning(item: Item, form: Form) -> Item | None:
    """Return reasoning with its content, or None. By its id alone no endpoint finds it again."""
    # Only reasoning that came over Chat Completions says who provided it. Its texts are read by the
    # model that wrote them; what they hold of signatures means nothing to the Responses API.
    if item.get("provider_data"):
        taken = form.readable and (item.get("content") or item.get("summary"))
    else:
        taken = form.encrypted and item.get("encrypted_content")
    left_out = ("id", "status")
    members = item.items() if taken else ()
    kept = {name: each for name, each in members if name not in left_out and each is not None}
    return kept or None


def _said(content: object) -> str:
    if isinstance(content, str):
        return _text(content)
    parts = [part for part in _listed(content) if isinstance(part, dict)]
    return "".join(_text(part.get("text") or part.get("refusal")) for part in parts)


def _parts(content: object) -> list[Item]:
    """Return the parts of known kinds, each with its known members alone."""
    return [part for each in _listed(content) if (part := _part(each))]


def _part(part: object) -> Item | None:
    if not isinstance(part, dict):
        return None
    if isinstance(part.get("text"), str):
        return {"type": "input_text", "text": _text(part["text"])}
    kind = part.get("type")
    members = {name: part[name] for name in _PART_NAMES.get(str(kind), ()) if part.get(name)}
    return {"type": kind} | members if members else None


def _listed(content: object) -> Iterable[object]:
    return content if isinstance(content, list) else ()


def _text(value: object) -> str:
    if isinstance(value, str):
        return well_formed(value)
    return "" if value is None else json.dumps(value, default=str)
