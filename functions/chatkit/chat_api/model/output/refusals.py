"""Turns a model's refusal into the text of its answer.

The Agents SDK fails a run whose last message is a refusal, and ChatKit does not stream refusals.
"""

from typing import Any

from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseRefusalDeltaEvent,
    ResponseRefusalDoneEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)


def refusal_as_text(event: TResponseStreamEvent) -> TResponseStreamEvent:
    """Return the event with text in place of each refusal in it."""
    match event.type:
        case "response.refusal.delta" | "response.refusal.done":
            return _text_event(event)
        case "response.content_part.added" | "response.content_part.done":
            event.part = _text_part(event.part)
        case "response.output_item.added" | "response.output_item.done":
            event.item = _text_item(event.item)
        case "response.completed":
            event.response.output = [_text_item(item) for item in event.response.output]
    return event


def _text_event(
    event: ResponseRefusalDeltaEvent | ResponseRefusalDoneEvent,
) -> ResponseTextDeltaEvent | ResponseTextDoneEvent:
    fields: dict[str, Any] = {
        "item_id": event.item_id,
        "output_index": event.output_index,
        "content_index": event.content_index,
        "sequence_number": event.sequence_number,
        "logprobs": [],
    }
    if isinstance(event, ResponseRefusalDeltaEvent):
        return ResponseTextDeltaEvent(
            type="response.output_text.delta", delta=event.delta, **fields
        )
    return ResponseTextDoneEvent(type="response.output_text.done", text=event.refusal, **fields)


def _text_part[Part](part: Part) -> Part | ResponseOutputText:
    if isinstance(part, ResponseOutputRefusal):
        return ResponseOutputText(type="output_text", text=part.refusal, annotations=[])
    return part


def _text_item[Item](item: Item) -> Item | ResponseOutputMessage:
    if not isinstance(item, ResponseOutputMessage):
        return item
    return item.model_copy(update={"content": [_text_part(part) for part in item.content]})
