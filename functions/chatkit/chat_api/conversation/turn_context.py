"""The context with which hooks and function tools of a run send events."""

import asyncio
from collections.abc import Sequence

from chatkit.agents import AgentContext
from chatkit.types import (
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WorkflowItem,
)
from pydantic import PrivateAttr

from chat_api.request_context import RequestContext
from chat_api.turns.item_updates import apply_update
from chat_api.turns.open_items import summarized


class TurnContext(AgentContext[RequestContext]):
    """The SDK's context of a run, extended to send events in the order in which things happen."""

    _waiting: dict[int, asyncio.Event] = PrivateAttr(default_factory=dict)
    _last_event_at: float = PrivateAttr(default=0.0)
    _running: WorkflowItem | None = PrivateAttr(default=None)
    _ended: dict[str, WorkflowItem] = PrivateAttr(default_factory=dict)

    @property
    def last_event_at(self) -> float:
        """The time of the last event, by the event loop's clock."""
        return self._last_event_at

    @property
    def speaking(self) -> bool:
        """Whether a message of the assistant is being streamed."""
        return bool(self.request_context.turn.answer.open.messages)

    def note_event(self) -> None:
        self._last_event_at = asyncio.get_running_loop().time()

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Send an event and return when it has gone out, so that nothing overtakes it."""
        gone = self._waiting[id(event)] = asyncio.Event()
        await super().stream(event)
        await gone.wait()

    def in_order(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        """Return the events to send for this event of the run.

        One workflow runs at a time. An update that comes after its end replaces the whole item.
        Progress beside a message is left out, because clients show it until the message is done.
        """
        if isinstance(event, ProgressUpdateEvent) and self.speaking:
            return ()
        return self._with_ends(event)

    def sent(self, event: ThreadStreamEvent) -> None:
        """Note that what `in_order` returned for this event has gone out."""
        if not (isinstance(event, ProgressUpdateEvent) and self.speaking):
            self.note_event()
        if self._waiting and (gone := self._waiting.pop(id(event), None)):
            gone.set()

    def end(self) -> None:
        """Release the task that `stream_agent_response` leaves waiting when the run fails.

        This event is never sent. The SDK's own end of the queue would raise in that task, and
        asyncio would log an exception that was never retrieved.
        """
        self._events.put_nowait(ProgressUpdateEvent(text=""))

    def _with_ends(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        if event.type == "thread.item.updated" and event.item_id not in self._ended:
            # Most events are updates, hundreds in a turn.
            return (event,)
        match event:
            case ThreadItemAddedEvent(item=WorkflowItem(id=item_id)) if item_id in self._ended:
                # A message ended this workflow before it was sent.
                return []
            case ThreadItemAddedEvent(item=WorkflowItem() as item):
                before, self._running = self._running, item
                # A tool started a second workflow. The SDK forgets the first one.
                return [*(self._end(before) if before else []), event]
            case ThreadItemDoneEvent(item=WorkflowItem(id=item_id) as item):
                again = item_id in self._ended
                self._ended[item_id] = item
                if self._running and self._running.id == item_id:
                    self._running = None
                if again:
                    return [ThreadItemReplacedEvent(item=item)]
            case ThreadItemUpdatedEvent(item_id=item_id) if item_id in self._ended:
                item = self._ended[item_id]
                apply_update(item, event.update)
                return [ThreadItemReplacedEvent(item=item)]
        return [event]

    def _end(self, item: WorkflowItem) -> list[ThreadStreamEvent]:
        self._ended[item.id] = summarized(item)
        return [ThreadItemDoneEvent(item=self._ended[item.id])]
