"""The output items of one answer: each gets a minted id, and begins and ends once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from agents.items import TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
)

from chat_api.model.authors import marked
from chat_api.model.output.ids import ModelIds
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.output.repair import TEXT

# A "completed" event whose response has one of these states does not end a whole answer.
CUT = ("incomplete", "failed", "cancelled")
# Items that an answer is incomplete without.
ESSENTIAL = ("message", "function_call")

type Events = Sequence[TResponseStreamEvent]


class OutputItems:
    """Gives an answer's items minted ids, and adds the events that its endpoint left out.

    What only its author may read again is marked with the model's name: reasoning, calls with the
    signature of a thought, and items of the endpoint's own tools.

    The items of the last event are matched with those that were streamed by their order within
    each type, because some endpoints give an item another id in each event.
    """

    def __init__(self, ids: ModelIds, model: str) -> None:
        self._ids = ids
        self._model = model
        # The minted ids of the items so far, by their index and id at the endpoint.
        self._known: dict[tuple[object, object], str] = {}
        self._open: dict[str, str] = {}
        self._call_ids: dict[str, str] = {}
        self._foreign_calls: dict[str, str] = {}
        self._done: list[TResponseOutputItem] = []

    def feed(self, event: TResponseStreamEvent) -> Events:
        """Return the events that replace an event."""
        if event.type == TEXT:
            if known := self._known.get((event.output_index, event.item_id)):
                event.item_id = known
                return (event,)
        elif event.type == "response.output_item.added":
            return self._add(event)
        elif event.type == "response.output_item.done":
            return self._end(event)
        elif event.type == "response.completed":
            return self._complete(event)
        return self._rename(event)

    def _rename(self, event: Any) -> Events:
        """Give an event the minted id of its item. An event of unknown text begins a message."""
        foreign = getattr(event, "item_id", None)
        if foreign is None and "item_id" not in type(event).model_fields:
            return (event,)
        before: Events = ()
        item_id = self._known.get((event.output_index, foreign)) or self._similar(event, foreign)
        if item_id is None:
            if not event.type.startswith(("response.output_text.", "response.content_part.")):
                return ()
            before = self._begin_message(event, foreign)
            item_id = self._known[event.output_index, foreign]
        event.item_id = item_id
        return (*before, event) if before else (event,)

    def _similar(self, event: Any, foreign: object) -> str | None:
        """Return the item that an event must mean, though only its id or its index matches."""
        for part, value in ((1, foreign), (0, event.output_index)):
            for key in reversed(self._known):
                if value is not None and key[part] == value:
                    self._known[event.output_index, foreign] = self._known[key]
                    return self._known[key]
        return None

    def _add(self, event: ResponseOutputItemAddedEvent) -> Events:
        item = event.item
        key = event.output_index, getattr(item, "id", None)
        if self._known.get(key) in self._open:
            return ()
        item_id = self._known[key] = self._ids.item(item.type, key[1])
        self._open[item_id] = item.type
        event.item = self._renamed(item, item_id)
        return (event,)

    def _begin_message(self, event: Any, foreign: object) -> Events:
        message = ResponseOutputMessage.model_construct(
            id=str(foreign), type="message", role="assistant", status="in_progress", content=[]
        )
        added = self._add(_added(message, event.output_index))
        self._known[event.output_index, foreign] = self._known[event.output_index, message.id]
        if event.type == "response.content_part.added":
            return added
        part = ResponseContentPartAddedEvent(
            type="response.content_part.added",
            item_id=self._known[event.output_index, foreign],
            output_index=event.output_index or 0,
            content_index=event.content_index,
            part=ResponseOutputText(type="output_text", text="", annotations=[]),
            sequence_number=0,
        )
        return (*added, part)

    def _end(self, event: ResponseOutputItemDoneEvent) -> Events:
        before: Events = ()
        item = event.item
        key = event.output_index, getattr(item, "id", None)
        item_id = self._known.get(key) or self._similar(event, key[1])
        if item_id is None or self._open.get(item_id) != item.type:
            item_id = next((each for each, kind in self._open.items() if kind == item.type), None)
        if item_id is None:
            self._known.pop(key, None)
            before = self._add(_added(item, event.output_index))
            item_id = self._known[key]
        del self._open[item_id]
        event.item = self._renamed(item, item_id)
        self._done.append(event.item)
        return (*before, event)

    def _renamed(self, item: TResponseOutputItem, item_id: str) -> TResponseOutputItem:
        changed: dict[str, Any] = {"id": item_id} if "id" in type(item).model_fields else {}
        known = getattr(item, "provider_data", None)
        if known or item.type not in ESSENTIAL:
            changed["provider_data"] = marked(known, self._model)
        foreign = getattr(item, "call_id", None)
        if item.type.endswith("_output"):
            if foreign in self._foreign_calls:
                changed["call_id"] = self._foreign_calls[foreign]
        elif isinstance(foreign, str) or item.type == "function_call":
            call_id = self._call_ids.get(item_id) or self._ids.call()
            changed["call_id"] = self._call_ids[item_id] = call_id
            if isinstance(foreign, str):
                self._foreign_calls[foreign] = call_id
        return item.model_copy(update=changed)

    def _complete(self, event: ResponseCompletedEvent) -> Events:
        response: Response = event.response
        _refuse_cut(response)
        late: list[TResponseStreamEvent] = []
        numbers: Counter[str] = Counter()
        output = []
        for index, item in enumerate(response.output):
            streamed = [each for each in self._done if each.type == item.type]
            if numbers[item.type] == len(streamed):
                late += self._end(_done(item, index))
                streamed.append(self._done[-1])
            output.append(streamed[numbers[item.type]])
            numbers[item.type] += 1
        if any(kind in ESSENTIAL for kind in self._open.values()):
            raise IncompleteAnswer("An answer ended before one of its items")
        response.output = output or list(self._done)
        return (*late, event)


def _refuse_cut(response: Response) -> None:
    if response.status in CUT:
        details: Any = response.incomplete_details or response.error
        code = getattr(details, "reason", None) or getattr(details, "code", None)
        raise IncompleteAnswer(f"The answer ended as {response.status}", code or "")


def _added(item: TResponseOutputItem, output_index: int) -> ResponseOutputItemAddedEvent:
    return ResponseOutputItemAddedEvent.model_construct(
        type="response.output_item.added",
        item=item,
        output_index=output_index,
        sequence_number=0,
    )


def _done(item: TResponseOutputItem, index: int) -> ResponseOutputItemDoneEvent:
    return ResponseOutputItemDoneEvent.model_construct(
        type="response.output_item.done", item=item, output_index=index, sequence_number=0
    )
