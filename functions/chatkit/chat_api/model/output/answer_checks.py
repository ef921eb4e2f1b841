"""The checks and repairs of every model answer, whether it is streamed or in one piece."""

from collections.abc import Iterable, Sequence

from agents.items import TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import Response, ResponseCompletedEvent

from chat_api.model.output.ids import ModelIds
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.output.inline_reasoning import InlineReasoning
from chat_api.model.output.output_items import OutputItems
from chat_api.model.output.reasoning_batches import ReasoningBatcher
from chat_api.model.output.refusals import refusal_as_text
from chat_api.model.output.repair import repair_event

ENDS = {
    "response.completed",
    "response.incomplete",
    "response.failed",
    "response.error",
    "error",
}


class AnswerChecks:
    """The filters for the events of one answer. `model` is the name of the model that wrote it."""

    def __init__(self, ids: ModelIds, model: str) -> None:
        filters = OutputItems(ids, model), InlineReasoning(ids), ReasoningBatcher()
        self._filters = [each.feed for each in filters]
        self._ended = False

    def feed(self, event: TResponseStreamEvent) -> Iterable[TResponseStreamEvent]:
        """Return the events that replace an event."""
        if not repair_event(event):
            return ()
        if event.type in ENDS:
            self._ended = True
        events: Sequence[TResponseStreamEvent] = (refusal_as_text(event),)
        for feed in self._filters:
            if len(events) == 1:
                events = feed(events[0])
            else:
                events = [passed for each in events for passed in feed(each)]
        return events

    def finish(self) -> None:
        """Raise `IncompleteAnswer` unless the answer's last event was seen."""
        if not self._ended:
            raise IncompleteAnswer("A stream ended before its answer")


def checked_output(
    output: list[TResponseOutputItem], ids: ModelIds, model: str
) -> list[TResponseOutputItem]:
    """Return the items of an answer in one piece, checked as those of a streamed answer."""
    response = Response(
        id="",
        created_at=0,
        model="",
        object="response",
        output=[],
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
    )
    response.output = [*output]
    end = ResponseCompletedEvent(type="response.completed", response=response, sequence_number=0)
    AnswerChecks(ids, model).feed(end)
    return [*end.response.output]
