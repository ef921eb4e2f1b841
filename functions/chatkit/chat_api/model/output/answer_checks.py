"""What every answer of a model goes through on its way in, streamed or in one piece."""

from collections.abc import Iterable, Sequence

from agents.items import TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import Response, ResponseCompletedEvent

from chat_api.model.output.cut import AnswerCut
from chat_api.model.output.ids import ModelIds
from chat_api.model.output.output_items import OutputItems
from chat_api.model.output.readable import is_readable
from chat_api.model.output.refusals import refusal_as_text
from chat_api.model.output.thought_pace import ThoughtPace
from chat_api.model.output.thoughts import Thoughts

ENDS = {
    "response.completed",
    "response.incomplete",
    "response.failed",
    "response.error",
    "error",
}


class AnswerChecks:
    """The filters that the events of one answer go through."""

    def __init__(self, ids: ModelIds) -> None:
        filters = OutputItems(ids), Thoughts(ids), ThoughtPace()
        self._filters = [each.feed for each in filters]
        self._ended = False

    def feed(self, event: TResponseStreamEvent) -> Iterable[TResponseStreamEvent]:
        """Return what is to be passed on in place of an event."""
        if not is_readable(event):
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
        """Raise `AnswerCut` unless the end was seen."""
        if not self._ended:
            raise AnswerCut("A stream ended before its answer")


def checked_output(output: list[TResponseOutputItem], ids: ModelIds) -> list[TResponseOutputItem]:
    """Return the items of an answer in one piece, as those of a streamed one come out."""
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
    AnswerChecks(ids).feed(end)
    return [*end.response.output]
