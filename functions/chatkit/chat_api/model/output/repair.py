"""Repairs the events of a model's answer, so that the Agents SDK and ChatKit can read them.

The OpenAI client builds its objects without validating them. An optional part that cannot be read
is dropped and logged by its type, and the rest of the answer stays.
"""

import json
from typing import Any, Final, get_args

from openai.types.responses import (
    Response,
    ResponseFunctionToolCall,
    ResponseOutputItem,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseReasoningItem,
    ResponseStreamEvent,
)
from openai.types.responses.response_output_item import ImageGenerationCall
from openai.types.responses.response_output_text import Annotation, AnnotationURLCitation
from pydantic import BaseModel, TypeAdapter, ValidationError

from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.output.skipped_parts import log_skipped
from chat_api.model.tool_arguments import well_formed_arguments


def _classes(union: Any) -> dict[str, type[BaseModel]]:
    """Return the classes of one of the client's unions, by their `type`."""
    members = get_args(get_args(union)[0])
    return {
        kind: member
        for member in members
        for kind in get_args(member.model_fields["type"].annotation)
    }


ITEMS = _classes(ResponseOutputItem)
EVENTS = {*_classes(ResponseStreamEvent), "response.error"}
TEXT: Final = "response.output_text.delta"
# Megabytes each, and no request asks for them.
PARTIAL_IMAGE = "response.image_generation_call.partial_image"
_ANNOTATION = TypeAdapter[Annotation](Annotation)
# The fields of an event that ChatKit reads, besides its item or part.
_FIELDS: dict[str, dict[str, type]] = {
    TEXT: {"delta": str},
    "response.output_text.done": {"text": str},
    "response.reasoning_summary_text.delta": {"delta": str, "summary_index": int},
    "response.reasoning_summary_text.done": {"text": str, "summary_index": int},
}


def repair_event(event: Any) -> bool:
    """Repair an event in place. Return False if it cannot be read."""
    kind = getattr(event, "type", None)
    if kind == TEXT and type(event.delta) is str and type(event.content_index) is int:
        # Nearly all events are text deltas.
        return True
    if kind == PARTIAL_IMAGE:
        return False
    if kind not in EVENTS:
        log_skipped("event", kind)
        return False
    fields = _FIELDS.get(kind, {})
    readable = all(isinstance(getattr(event, name, None), fields[name]) for name in fields)
    match kind:
        case "response.output_item.added" | "response.output_item.done":
            event.item = repair_item(event.item, ended=kind.endswith("done"))
            return event.item is not None
        case "response.content_part.added" | "response.content_part.done":
            event.part = _readable_part(event.part)
        case "response.output_text.annotation.added":
            event.annotation = _readable_annotation(event.annotation)
            return event.annotation is not None
        case "response.completed":
            _repair_response(event.response)
    if not readable:
        log_skipped("event", kind)
    elif "content_index" in type(event).model_fields and not isinstance(event.content_index, int):
        event.content_index = 0
    return readable


def repair_item(item: Any, *, ended: bool = True) -> Any:
    """Return an output item that can be read, or None.

    Raise `IncompleteAnswer` for a call that names no tool, because a call cannot be left out.
    """
    kind = getattr(item, "type", None)
    if not isinstance(kind, str) or not isinstance(item, ITEMS.get(kind, ())):
        log_skipped("item", kind)
        return None
    if isinstance(item, ResponseOutputMessage):
        parts = [_readable_part(part) for part in _as_list(item.content)]
        return item.model_copy(update={"content": parts})
    if isinstance(item, ResponseReasoningItem):
        return item.model_copy(update={"summary": _as_list(item.summary)})
    if isinstance(item, ImageGenerationCall):
        return item.model_copy(update={"result": _text(item.result) or None})
    if isinstance(item, ResponseFunctionToolCall):
        if ended and not (isinstance(item.name, str) and item.name):
            raise IncompleteAnswer("A call names no tool")
        arguments: object = item.arguments
        if not isinstance(arguments, str):
            arguments = "" if arguments is None else json.dumps(arguments)
        return item.model_copy(update={"arguments": well_formed_arguments(arguments)})
    return item


def _repair_response(response: Any) -> None:
    if not isinstance(response, Response):
        raise IncompleteAnswer("The end of an answer cannot be read")
    output = [repair_item(item) for item in _as_list(response.output)]
    response.output = [item for item in output if item is not None]


def _readable_part(part: Any) -> Any:
    """Return a part of an item's content.

    A part of an unknown type becomes an empty text, so that the others keep their indexes.
    """
    kind = getattr(part, "type", None)
    if isinstance(part, ResponseOutputText) and kind == "output_text":
        annotations = [_readable_annotation(each) for each in _as_list(part.annotations)]
        readable = [each for each in annotations if each is not None]
        return part.model_copy(update={"text": _text(part.text), "annotations": readable})
    if isinstance(part, ResponseOutputRefusal) and kind == "refusal":
        return part.model_copy(update={"refusal": _text(part.refusal)})
    if kind == "reasoning_text":
        return part
    log_skipped("content", kind)
    return ResponseOutputText(type="output_text", text="", annotations=[])


def _readable_annotation(given: Any) -> Annotation | None:
    """Return an annotation as the class that ChatKit validates, or None.

    The annotations of events have other classes than those of messages.
    """
    fields = given.model_dump(warnings=False) if isinstance(given, BaseModel) else given
    try:
        annotation = _ANNOTATION.validate_python(fields)
    except ValidationError:
        log_skipped("annotation", fields.get("type") if isinstance(fields, dict) else None)
        return None
    if isinstance(annotation, AnnotationURLCitation) and not _is_web_url(annotation.url):
        log_skipped("annotation", "url_scheme")
        return None
    return annotation


def _is_web_url(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
