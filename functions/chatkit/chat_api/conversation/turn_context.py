"""The context that the hooks and function tools of a run use to send events."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents import RunResultStreaming, StreamEvent
from chatkit.agents import AgentContext
from chatkit.types import (
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStatus,
    ThreadStreamEvent,
    WorkflowItem,
)
from pydantic import Field

from chat_api.conversation.thread_changes import change_thread
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turns.item_updates import apply_update
from chat_api.turns.open_items import summarized


@dataclass
class SentSoFar:
    """What a run has sent so far.

    `waiting` holds what to set when an event has gone out, by the event's identity. `last_event_at`
    is the time of the last event, by the event loop's clock. `running` is the workflow that runs
    now, `ended` are those that have ended, by their ids.
    """

    waiting: dict[int, asyncio.Event] = field(default_factory=dict)
    last_event_at: float = 0.0
    running: WorkflowItem | None = None
    ended: dict[str, WorkflowItem] = field(default_factory=dict)


class TurnContext(AgentContext[RequestContext]):
    """The SDK's context of a run, extended to send events in the order in which things happen."""

    # A field: reading a private attribute of a Pydantic model takes a hundred times as long.
    so_far: SentSoFar = Field(default_factory=SentSoFar)

    async def change_thread(
        self, *, status: ThreadStatus | None = None, metadata: Mapping[str, Any] | None = None
    ) -> None:
        """Change the thread at once, as `ChangeThread` describes. An event shows it.

        A function tool calls it, or a hook of the run. The running answer continues in a thread
        that is locked or closed.
        """
        assert isinstance(self.store, DynamoStore)
        context = self.request_context
        await change_thread(self.thread, self.store, context, status=status, metadata=metadata)

    @property
    def last_event_at(self) -> float:
        """The time of the last event, by the event loop's clock."""
        return self.so_far.last_event_at

    @property
    def speaking(self) -> bool:
        """Whether a message of the assistant is being streamed."""
        return bool(self.request_context.turn.answer.open.messages)

    def note_event(self) -> None:
        self.so_far.last_event_at = asyncio.get_running_loop().time()

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Send an event and return when it has gone out, so that nothing overtakes it."""
        has_gone_out = self.so_far.waiting[id(event)] = asyncio.Event()
        await super().stream(event)
        await has_gone_out.wait()

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
        if self.so_far.waiting and (has_gone_out := self.so_far.waiting.pop(id(event), None)):
            has_gone_out.set()

    def end(self) -> None:
        """Release the task that `stream_agent_response` leaves waiting when the run fails.

        This event is never sent. The SDK's own end of the queue would raise in that task, and
        asyncio would log an exception that was never retrieved.
        """
        self._events.put_nowait(ProgressUpdateEvent(text=""))

    def _with_ends(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        if event.type == "thread.item.updated" and event.item_id not in self.so_far.ended:
            # Most events are updates, hundreds in a turn.
            return (event,)
        match event:
            case ThreadItemAddedEvent(item=WorkflowItem(id=item_id)) if (
                item_id in self.so_far.ended
            ):
                # A message ended this workflow before it was sent.
                return []
            case ThreadItemAddedEvent(item=WorkflowItem() as item):
                before, self.so_far.running = self.so_far.running, item
                # A tool started a second workflow. The SDK forgets the first one.
                return [*(self._end(before) if before else []), event]
            case ThreadItemDoneEvent(item=WorkflowItem(id=item_id) as item):
                again = item_id in self.so_far.ended
                self.so_far.ended[item_id] = item
                if self.so_far.running and self.so_far.running.id == item_id:
                    self.so_far.running = None
                if again:
                    return [ThreadItemReplacedEvent(item=item)]
            case ThreadItemUpdatedEvent(item_id=item_id) if item_id in self.so_far.ended:
                item = self.so_far.ended[item_id]
                apply_update(item, event.update)
                return [ThreadItemReplacedEvent(item=item)]
        return [event]

    def _end(self, item: WorkflowItem) -> list[ThreadStreamEvent]:
        self.so_far.ended[item.id] = summarized(item)
        return [ThreadItemDoneEvent(item=self.so_far.ended[item.id])]


class OwnWorkflows:
    """Makes a run begin a workflow of its own.

    The SDK continues a workflow that is the thread's last item, or the last one before the call of
    a client tool. After a reply, that is a workflow of an earlier stream, which its client has seen
    end. The SDK chooses it before it reads the run's events.
    """

    def __init__(self, context: TurnContext, result: RunResultStreaming) -> None:
        self._context = context
        self._result = result

    def stream_events(self) -> AsyncIterator[StreamEvent]:
        self._context.workflow_item = None
        return self._result.stream_events()
