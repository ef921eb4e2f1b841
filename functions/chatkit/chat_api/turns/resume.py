"""A running turn, sent to a client that repeated its request.

The text so far is read from its row, the rest from the items that the turn stores. Reads are made
anew each time, of the gate first: a turn that is closed there has stored all that it will.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    HiddenContextItem,
    NoticeEvent,
    Page,
    SDKHiddenContextItem,
    StreamOptions,
    StreamOptionsEvent,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    UserMessageItem,
)

from chat_api.conversation.sdk_server import DELETED
from chat_api.errors import BROKE_OFF, error_event
from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.sse import sse
from chat_api.store.dynamo import DynamoStore
from chat_api.store.snapshots import Snapshot
from chat_api.turns import lease
from chatcore.gate.gate import Gate

# The gate lets at most two requests listen to a turn: each newer one displaces the older of them.
DISPLACED = NoticeEvent(
    level="info", message="This answer continues in another window. Reload to see it here."
)
# Of one turn; more than any has.
MOST_ITEMS = 100


class ResumedAnswer:
    """Follows the context's turn until it ends, or until the listener is displaced.

    A displaced stream ends in order with a notice. An error would invite another try, which would
    displace the next listener.
    """

    def __init__(
        self,
        store: DynamoStore,
        gate: Gate,
        context: RequestContext,
        *,
        listener: str,
        first: bool,
        poll: float,
    ) -> None:
        assert context.turn.thread_id is not None
        self._store = store
        self._gate = gate
        self._context = context
        self._thread_id = context.turn.thread_id
        self._listener = listener
        self._first = first
        self._poll = poll
        self._thread: ThreadMetadata | None = None
        self._told: dict[str, ThreadItem] = {}
        self._options_told = False
        self._gone = False
        self._left_a_mark = False
        self._shown: AssistantMessageItem | None = None

    async def stream(self) -> AsyncGenerator[bytes]:
        async for event in self._events():
            yield sse(event)

    async def _events(self) -> AsyncIterator[ThreadStreamEvent]:
        try:
            while True:
                turn = await lease.running(self._gate, self._context)
                if turn and turn.deleted:
                    self._gone = True
                    break
                if turn and self._listener not in turn.listeners:
                    for event in self._displaced():
                        yield event
                    return
                runs = turn is not None and not self._gate.has_crashed(turn)
                self._context = replace(self._context, cache=RequestCache())
                async for event in self._news():
                    yield event
                if not runs or self._gone:
                    break
                await asyncio.sleep(self._poll)
        except (Exception, asyncio.CancelledError):
            # This request is out of time, or of reach of the store; the text is the other's.
            for event in self._taken_away():
                yield event
            raise
        for event in self._taken_away():
            yield event
        if self._gone:
            yield DELETED
        elif turn or not (self._answers() or self._left_a_mark):
            yield error_event(BROKE_OFF.sentence)

    async def _news(self) -> AsyncIterator[ThreadStreamEvent]:
        """What there is to tell since the last time."""
        try:
            thread = await self._store.load_thread(self._thread_id, self._context)
        except NotFoundError:
            # The turn that begins a thread may not have stored it yet.
            self._gone = self._thread is not None or not self._first
            return
        # The row first: a message that is done meanwhile is among the items.
        running = await self._store.running.read(self._thread_id, self._context)
        items = await self._items()
        for event in self._of_thread(thread):
            yield event
        for item in items:
            for event in self._of_item(item):
                yield event
        if not self._options_told and (self._told or not self._first):
            self._options_told = True
            yield StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))
        if running and running.turn_id == self._context.turn.id:
            for event in self._of_text(running):
                yield event

    def _displaced(self) -> list[ThreadStreamEvent]:
        """The end of a stream that is displaced. Text that stays would never become whole."""
        return [*self._taken_away(), DISPLACED]

    def _of_thread(self, thread: ThreadMetadata) -> list[ThreadStreamEvent]:
        before, self._thread = self._thread, thread
        whole = Thread(**thread.model_dump(), items=Page())
        if before is None:
            return [ThreadCreatedEvent(thread=whole)] if self._first else []
        return [ThreadUpdatedEvent(thread=whole)] if before != thread else []

    def _of_item(self, item: ThreadItem) -> list[ThreadStreamEvent]:
        told = self._told.get(item.id)
        self._told[item.id] = item
        if told:
            return [] if told == item else [ThreadItemReplacedEvent(item=item)]
        events: list[ThreadStreamEvent] = [ThreadItemDoneEvent(item=item)]
        if isinstance(item, AssistantMessageItem) and self._shown:
            # What was told of it has an id of its own.
            events.insert(0, ThreadItemRemovedEvent(item_id=self._shown.id))
            self._shown = None
        return events

    def _of_text(self, running: Snapshot) -> list[ThreadStreamEvent]:
        if running.item_id in self._told:
            return []
        before, self._shown = self._shown, running.item(self._thread_id)
        if before is None or before.id != self._shown.id:
            removed = [ThreadItemRemovedEvent(item_id=before.id)] if before else []
            return [*removed, ThreadItemAddedEvent(item=self._shown)]
        delta = running.text.removeprefix(before.content[0].text)
        update = AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
        return [ThreadItemUpdatedEvent(item_id=before.id, update=update)] if delta else []

    def _taken_away(self) -> list[ThreadStreamEvent]:
        """The end of the text so far: what is stored of it has an id of its own."""
        shown, self._shown = self._shown, None
        return [ThreadItemRemovedEvent(item_id=shown.id)] if shown else []

    def _answers(self) -> list[ThreadItem]:
        return [item for item in self._told.values() if not isinstance(item, UserMessageItem)]

    async def _items(self) -> list[ThreadItem]:
        """What the turn has stored so far, oldest first, as far as it is shown."""
        # No item has this id, but every one that was minted in the turn stands after it.
        began = f"msg_{self._context.turn.id.rpartition('_')[2]}"
        page = await self._store.load_thread_items(
            self._thread_id, began, MOST_ITEMS, "asc", self._context
        )
        hidden = HiddenContextItem | SDKHiddenContextItem
        shown: list[ThreadItem] = [item for item in page.data if not isinstance(item, hidden)]
        self._left_a_mark = len(shown) < len(page.data)
        return shown
