"""Thoughts in the text of a message become reasoning, as if its endpoint had set them apart."""

from collections.abc import Iterable, Sequence
from typing import Any

from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseReasoningItem,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)
from openai.types.responses.response_reasoning_item import Summary

from chat_api.model.output.ids import ModelIds
from chat_api.model.output.readable import TEXT
from chat_api.model.output.think_tags import Piece, Splitter, said_in

type Events = Sequence[TResponseStreamEvent]


class Thoughts:
    """Sets the thoughts of an answer's messages apart, and drops messages that say nothing."""

    def __init__(self, ids: ModelIds) -> None:
        self._ids = ids
        self._messages: dict[str, _Message] = {}
        self._dropped: set[str] = set()

    def feed(self, event: Any) -> Events:
        message = self._messages.get(getattr(event, "item_id", ""))
        kind = event.type
        if message is not None:
            return message.text(event) if kind == TEXT else message.part(event)
        if kind == "response.output_item.added" and event.item.type == "message":
            self._messages[event.item.id] = _Message(event, self._ids.item("reasoning"))
            return ()
        if kind == "response.output_item.done" and event.item.type == "message":
            events = self._messages.pop(event.item.id).end(event)
            if event not in events:
                self._dropped.add(event.item.id)
            return events
        if kind == "response.completed" and self._dropped:
            output = event.response.output
            event.response.output = [item for item in output if item.id not in self._dropped]
        return (event,)


class _Message:
    """A message that is shown when it says something; ChatKit shows thoughts above it."""

    def __init__(self, added: Any, thought_id: str) -> None:
        self._held: list[Any] = [added]
        self._shown = False
        self._splitter = Splitter()
        self._place: dict[str, Any] = {}
        self._thought = _Thought(thought_id, added.output_index)

    def text(self, event: Any) -> Events:
        """Split a piece of text."""
        if event.content_index != self._place.setdefault("content_index", event.content_index):
            return (*self._show(), event)
        if self._shown and self._splitter.passes(event.delta):
            return (event,)
        self._place |= {"item_id": event.item_id, "output_index": event.output_index}
        return self._events(self._splitter.feed(event.delta))

    def part(self, event: Any) -> Events:
        """Pass on another event of the message, without thoughts."""
        kind = event.type
        events: list[Any] = []
        if event.content_index == self._place.get("content_index"):
            if kind == "response.output_text.done":
                events += self._events(self._splitter.finish())
                event.text = said_in(event.text)
            elif kind == "response.content_part.done":
                events += self._events(self._splitter.finish())
                _strip([event.part])
        if kind.startswith("response.refusal."):
            events += self._show()
        if not self._shown:
            self._held.append(event)
            return events
        return (*events, event)

    def end(self, event: Any) -> Events:
        """Pass on the end of the message; without it if the message says nothing."""
        events = [*self._events(self._splitter.finish())]
        _strip(event.item.content)
        if not self._shown and not any(_words(part).strip() for part in event.item.content):
            return [*events, *self._thought.end()]
        return [*events, *self._show(), event]

    def _show(self) -> Iterable[Any]:
        if self._shown:
            return ()
        self._shown = True
        return [*self._thought.end(), *self._held]

    def _events(self, pieces: list[Piece]) -> Events:
        events: list[Any] = []
        for piece in pieces:
            if piece.kind == "thought":
                if not self._shown:
                    events += self._thought.grow(piece.text)
            elif piece.kind == "said":
                if piece.text.strip() or self._shown:
                    events += [*self._show(), _delta(self._place, piece.text)]
            else:
                # ChatKit takes the text of a part that is done for the whole of it.
                events += [*self._show(), _whole(self._place, "")]
        return events


class _Thought:
    """The reasoning item that a message's thoughts are moved to."""

    def __init__(self, item_id: str, output_index: int) -> None:
        self._item = ResponseReasoningItem(id=item_id, type="reasoning", summary=[])
        self._index = output_index
        self._text = ""

    def grow(self, text: str) -> Iterable[Any]:
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
                type="response.reasoning_summary_text.delta", delta=text, **self._place()
            )

    def end(self) -> Iterable[Any]:
        text, self._text = self._text.rstrip(), ""
        if not text:
            return
        yield ResponseReasoningSummaryTextDoneEvent(
            type="response.reasoning_summary_text.done", text=text, **self._place()
        )
        self._item.summary.append(Summary(type="summary_text", text=text))
        yield ResponseOutputItemDoneEvent(
            type="response.output_item.done",
            item=self._item,
            output_index=self._index,
            sequence_number=0,
        )

    def _place(self) -> dict[str, Any]:
        return {
            "item_id": self._item.id,
            "output_index": self._index,
            "summary_index": 0,
            "sequence_number": 0,
        }


def _strip(parts: list[Any]) -> None:
    """Take the thoughts out of a message's first text, and move its citations along."""
    for part in parts:
        if part.type != "output_text":
            continue
        said = said_in(part.text)
        gone = len(part.text) - len(said)
        part.text = said
        for annotation in part.annotations if gone else ():
            for name in ("index", "start_index", "end_index"):
                if name in type(annotation).model_fields:
                    setattr(annotation, name, max(0, getattr(annotation, name) - gone))
        return


def _words(part: Any) -> str:
    return getattr(part, "text", "") or getattr(part, "refusal", "")


def _delta(place: dict[str, Any], text: str) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta", delta=text, logprobs=[], sequence_number=0, **place
    )


def _whole(place: dict[str, Any], text: str) -> ResponseTextDoneEvent:
    return ResponseTextDoneEvent(
        type="response.output_text.done", text=text, logprobs=[], sequence_number=0, **place
    )
