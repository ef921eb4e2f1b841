"""One item of a history: what an API takes of it, wherever it comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeIs, cast

from chat_api.model.authors import author_of
from chat_api.model.budget import RESULT_BYTES
from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.input.input_format import STORED, InputFormat
from chat_api.model.input.parts import MEDIA, RawItem, as_list, readable_parts, text_of
from chat_api.model.input.reasoning import clean_reasoning
from chat_api.model.texts import shorten, well_formed_json
from chat_api.model.tool_arguments import UnreadableArguments, plain_arguments

if TYPE_CHECKING:
    from agents.items import TResponseInputItem
    from openai.types.responses import ResponseFunctionToolCallParam
    from openai.types.responses.response_input_item_param import FunctionCallOutput

# An item that an API takes, in the format of the Responses API.
type Item = TResponseInputItem
type Call = ResponseFunctionToolCallParam
type Result = FunctionCallOutput

CALL = "function_call"
RESULT = "function_call_output"
# OpenAI refuses a whole request for one invalid tool name, even in an old call.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
MAX_NAME = 64
# The id by which the Agents SDK recognizes a model's message. It never sends this id.
SDK_ID = "__fake_id__"
EMPTY_MESSAGE = "(This message has no text.)"
EMPTY_RESULT = "The tool returned nothing."
MEDIA_RESULT = "The tool returned something that is not text."
# How many bytes of arguments that cannot be parsed are quoted to the model.
QUOTED_BYTES = 500

_PHASES = ("commentary", "final_answer")


def is_call(item: Item) -> TypeIs[Call]:
    return item.get("type") == CALL


def is_result(item: Item) -> TypeIs[Result]:
    return item.get("type") == RESULT


def clean_item(item: RawItem, form: InputFormat) -> Item | None:
    """Return the item as the format takes it, or None if it takes nothing of the item.

    Ids are left out, because nothing is stored at the endpoint. Arguments that are not a JSON
    object become an empty one.
    """
    match item.get("type", "message"):
        case "message":
            return _message(item, form)
        case "function_call":
            return _call(item, form)
        case "function_call_output":
            return _result(item, form)
        case "reasoning":
            return clean_reasoning(item, form)
        case "item_reference":
            return None
    return _hosted(item, form)


def arguments_error(arguments: object) -> str:
    """Return what the model gets as the result of a call with these arguments.

    Return "" if they are a JSON object.
    """
    try:
        plain_arguments(text_of(arguments))
    except UnreadableArguments as error:
        quoted = shorten(text_of(arguments), QUOTED_BYTES)
        return (
            "The tool was not called: its arguments were not a JSON object."
            f" {error}. They were: {quoted}"
        )
    return ""


def assistant_message(text: str, form: InputFormat = STORED) -> Item:
    """Return a message of the assistant without an id, as the format takes it."""
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
    if role in ("system", "developer") and form.parts:
        # Many endpoints take a system message only at the beginning, where the agent's
        # instructions are.
        return hidden_message(_assistant_text(content)) if content else None
    if role not in ("user", "system", "developer"):
        return None
    kind = {"type": "message"} if "type" in item else {}
    return cast("Item", {**kind, "role": role, "content": _user_content(content, form)})


def _user_content(content: object, form: InputFormat) -> str | list[RawItem]:
    if isinstance(content, str):
        return text_of(content) if content.strip() else EMPTY_MESSAGE
    parts = readable_parts(content, form)
    said = [each for each in parts if each["type"] != "input_text" or str(each["text"]).strip()]
    return said or [{"type": "input_text", "text": EMPTY_MESSAGE}]


def _call(item: RawItem, form: InputFormat) -> Item | None:
    call_id, name = item.get("call_id"), item.get("name")
    if not isinstance(call_id, str) or not isinstance(name, str):
        return None
    try:
        arguments = plain_arguments(text_of(item.get("arguments")))
    except UnreadableArguments:
        arguments = "{}"
    safe = _NOT_IN_NAMES.sub("_", name)[:MAX_NAME] or "unknown"
    call = {"type": CALL, "call_id": call_id, "name": safe, "arguments": arguments}
    # `provider_data` holds the signature of the thoughts that led to the call.
    own = ("provider_data",) if form.readable and form.is_for(author_of(item)) else ()
    kept = {key: item[key] for key in ("namespace", *own) if item.get(key)}
    return cast("Call", {**call, **kept})


def _hosted(item: RawItem, form: InputFormat) -> Item | None:
    """Return an item of a tool that the endpoint runs itself, for that endpoint's model alone.

    No endpoint takes it without its id.
    """
    author = author_of(item)
    if not form.hosted or not item.get("id") or (author and not form.is_for(author)):
        return None
    kept = {key: item[key] for key in item if key != "provider_data"}
    return cast("Item", well_formed_json(kept))


def _result(item: RawItem, form: InputFormat) -> Item | None:
    if not isinstance(item.get("call_id"), str):
        return None
    output = _output(item.get("output"), form)
    return cast("Result", {"type": RESULT, "call_id": item["call_id"], "output": output})


def _output(output: object, form: InputFormat) -> str | list[RawItem]:
    if not isinstance(output, list):
        text = shorten(text_of(output), RESULT_BYTES)
        return text if text.strip() else EMPTY_RESULT
    parts = readable_parts(output, form, media=form.media or not form.model)
    media = [part for part in parts if part["type"] in MEDIA]
    joined = "\n".join(str(part["text"]) for part in parts if part["type"] == "input_text")
    without_text = MEDIA_RESULT if media else EMPTY_RESULT
    text = shorten(joined, RESULT_BYTES) if joined.strip() else without_text
    return [{"type": "input_text", "text": text}, *media] if media and form.media else text


def _assistant_text(content: object) -> str:
    if isinstance(content, str):
        return text_of(content)
    parts = [part for part in as_list(content) if isinstance(part, dict)]
    return "".join(text_of(part.get("text") or part.get("refusal")) for part in parts)
