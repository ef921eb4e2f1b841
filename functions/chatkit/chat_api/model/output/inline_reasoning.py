"""Moves the thinking in a message's text to a reasoning item, where most endpoints put it."""

from collections.abc import Iterable, Sequence
from typing import Any

from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseReasoningItem,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)
from openai.types.responses.response_output_message import Content
from openai.types.responses.response_reasoning_item import Summary

from chat_api.model.output.ids import ModelIds
from chat_api.model.output.repair import TEXT
from chat_api.model.output.think_tags import Piece, ThinkTagParser, without_thinking

type Events = Sequence[TResponseStreamEvent]


class InlineReasoning:
    """Moves the thinking out of an answer's messages, and drops messages that are left empty."""

    def __init__(self, ids: ModelIds) -> None:
        self._ids = ids
        self._messages: dict[str, _Message] = {}
        self._dropped: set[str] = set()

    def feed(self, event: TResponseStreamEvent) -> Events:
        """Return the events that replace an event."""
        message = self._messages.get(getattr(event, "item_id", ""))
        if message is not None:
            return message.text(event) if event.type == TEXT else message.part(event)
        if event.type == "response.output_item.added" and event.item.type == "message":
            self._messages[event.item.id] = _Message(event, self._ids.item("reasoning"))
            return ()
        if event.type == "response.output_item.done" and event.item.type == "message":
            events = self._messages.pop(event.item.id).end(event, event.item)
            if event not in events:
                self._dropped.add(event.item.id)
            return events
        if event.type == "response.completed" and self._dropped:
            output = event.response.output
            event.response.output = [item for item in output if item.id not in self._dropped]
        return (event,)


class _Message:
    """A message whose events are held back until it has text: its reasoning comes before it."""

    def __init__(self, added: ResponseOutputItemAddedEvent, reasoning_id: str) -> None:
        self._held: list[TResponseStreamEvent] = [added]
        self._is_open = False
        self._parser = ThinkTagParser()
        self._position: dict[str, Any] = {}
        self._reasoning = _Reasoning(reasoning_id, added.output_index)

    def text(self, event: ResponseTextDeltaEvent) -> Events:
        """Return the events of a piece of text, with the thinking moved to the reasoning item."""
        if event.content_index != self._position.setdefault("content_index", event.content_index):
            return (*self._open(), event)
        if self._is_open and self._parser.passes(event.delta):
            return (event,)
        self._position |= {"item_id": event.item_id, "output_index": event.output_index}
        return self._events(self._parser.feed(event.delta))

    def part(self, event: Any) -> Events:
        """Return another event of the message, without its thinking."""
        kind = event.type
        events: list[TResponseStreamEvent] = []
        if event.content_index == self._position.get("content_index"):
            if kind == "response.output_text.done":
                events += self._events(self._parser.finish())
                event.text = without_thinking(event.text)
            elif kind == "response.content_part.done":
                events += self._events(self._parser.finish())
                _strip([event.part])
        if kind.startswith("response.refusal."):
            events += self._open()
        if not self._is_open:
            self._held.append(event)
            return events
        return (*events, event)

    def end(self, event: ResponseOutputItemDoneEvent, message: ResponseOutputMessage) -> Events:
        """Return the end of the message, or only that of its reasoning if the message is empty."""
        events = [*self._events(self._parser.finish())]
        _strip(message.content)
        if not self._is_open and not any(_text(part).strip() for part in message.content):
            return [*events, *self._reasoning.end()]
        return [*events, *self._open(), event]

    def _open(self) -> Iterable[TResponseStreamEvent]:
        if self._is_open:
            return ()
        self._is_open = True
        return [*self._reasoning.end(), *self._held]

    def _events(self, pieces: list[Piece]) -> Events:
        events: list[TResponseStreamEvent] = []
        for piece in pieces:
            if piece.kind == "thinking":
                if not self._is_open:
                    events += self._reasoning.grow(piece.text)
            elif piece.kind == "text":
                if piece.text.strip() or self._is_open:
                    events += [*self._open(), _text_delta(self._position, piece.text)]
            else:
                # ChatKit replaces a part's text with that of its "done" event.
                events += [*self._open(), _text_done(self._position, "")]
        return events


class _Reasoning:
    """The reasoning item that a message's thinking is moved to."""

    def __init__(self, item_id: str, output_index: int) -> None:
        self._item = ResponseReasoningItem(id=item_id, type="reasoning", summary=[])
        self._index = output_index
        self._text = ""

    def grow(self, text: str) -> Iterable[TResponseStreamEvent]:
        began = bool(self._text)
        text = text if began else text.lstrip()
        self._text += text
        if text and not began:
            yield ResponseOutputItemAddedEvent(
                type="response.output_item.added",
                item=self._item,
                output_index=self._index,
                sequence_number=0,
            )
        if text:
            yield ResponseReasoningSummaryTextDeltaEvent(
                type="response.reasoning_summary_text.delta", delta=text, **self._position()
            )

    def end(self) -> Iterable[TResponseStreamEvent]:
        text, self._text = self._text.rstrip(), ""
        if not text:
            return
        yield ResponseReasoningSummaryTextDoneEvent(
            type="response.reasoning_summary_text.done", text=text, **self._position()
        )
        self._item.summary.append(Summary(type="summary_text", text=text))
        yield ResponseOutputItemDoneEvent(
            type="response.output_item.done",
            item=self._item,
            output_index=self._index,
            sequence_number=0,
        )

    def _position(self) -> dict[str, Any]:
        return {
            "item_id": self._item.id,
            "output_index": self._index,
            "summary_index": 0,
            "sequence_number": 0,
        }


def _strip(parts: Sequence[Content]) -> None:
    """Remove the thinking from a message's first text, and move its citations along."""
    for part in parts:
        if part.type != "output_text":
            continue
        text = without_thinking(part.text)
        removed = len(part.text) - len(text)
        part.text = text
        for annotation in part.annotations if removed else ():
            for name in ("index", "start_index", "end_index"):
                if name in type(annotation).model_fields:
                    setattr(annotation, name, max(0, getattr(annotation, name) - removed))
        return


def _text(part: Content) -> str:
    # A message may contain parts of types that its class does not list.
    return getattr(part, "text", "") or getattr(part, "refusal", "")


def _text_delta(position: dict[str, Any], text: str) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta", delta=text, logprobs=[], sequence_number=0, **position
    )


def _text_done(position: dict[str, Any], text: str) -> ResponseTextDoneEvent:
    return ResponseTextDoneEvent(
        type="response.output_text.done", text=text, logprobs=[], sequence_number=0, **position
    )
