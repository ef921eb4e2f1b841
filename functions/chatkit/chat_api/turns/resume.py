"""Resume: a client that repeated its request follows the running turn.

The text so far comes from the turn's snapshot, the rest from the items that the turn stores. Each
poll reads again, and reads the gate first: a turn that is closed there has stored everything.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
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
from chat_api.own_items import as_shown, is_hidden
from chat_api.pending_items import is_pending
from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.snapshots import Snapshot
from chat_api.turns import lease
from chatcore.gate.gate import Gate

# At most two requests may follow a turn. A newer one displaces the oldest.
DISPLACED = NoticeEvent(
    level="info", message="This answer continues in another window. Reload to see it here."
)
# More items than any turn has.
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
        changed: str | None = None,
        may_lack_answer: bool = False,
    ) -> None:
        """`changed` is the item that the turn's request changed, which is older than the turn.

        `may_lack_answer` is set for an action, which may change its widget and ask nothing.
        """
        assert context.turn.thread_id is not None
        self._store = store
        self._gate = gate
        self._context = context
        self._thread_id = context.turn.thread_id
        self._listener = listener
        self._first = first
        self._poll = poll
        self._changed = changed
        self._may_lack_answer = may_lack_answer
        self._runs = True
        self._thread: ThreadMetadata | None = None
        self._sent: dict[str, ThreadItem] = {}
        self._options_sent = False
        self._gone = False
        self._left_a_mark = False
        self._shown: AssistantMessageItem | None = None

    async def stream(self) -> AsyncGenerator[ThreadStreamEvent]:
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
                self._runs = turn is not None and not self._gate.has_crashed(turn)
                self._context = replace(self._context, cache=RequestCache())
                async for event in self._news():
                    yield event
                if not self._runs or self._gone:
                    break
                await asyncio.sleep(self._poll)
        except (Exception, asyncio.CancelledError):
            # This request has run out of time or lost the store; the turn itself keeps its text.
            for event in self._removed_text():
                yield event
            raise
        for event in self._removed_text():
            yield event
        if self._gone:
            yield DELETED
        elif turn or not (self._answers() or self._left_a_mark or self._may_lack_answer):
            yield error_event(BROKE_OFF.sentence)

    async def _news(self) -> AsyncIterator[ThreadStreamEvent]:
        """Yield what has changed since the last poll."""
        try:
            thread = await self._store.load_thread(self._thread_id, self._context)
        except NotFoundError:
            # A turn that creates its thread may not have stored it yet.
            self._gone = self._thread is not None or not self._first
            return
        # The snapshot is read first: a message that ends meanwhile is then among the items.
        running = await self._store.snapshots.read(self._thread_id, self._context)
        items = await self._items()
        for event in self._of_thread(thread):
            yield event
        for item in items:
            # A page may answer a pending item as soon as it sees it: the turn is closed first.
            for event in [] if self._runs and is_pending(item) else await self._of_item(item):
                yield event
        if not self._options_sent and (self._sent or not self._first):
            self._options_sent = True
            yield StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))
        if running and running.turn_id == self._context.turn.id:
            for event in self._of_text(running):
                yield event

    def _displaced(self) -> list[ThreadStreamEvent]:
        """Return the end of a displaced stream, which removes the incomplete text so far."""
        return [*self._removed_text(), DISPLACED]

    def _of_thread(self, thread: ThreadMetadata) -> list[ThreadStreamEvent]:
        before, self._thread = self._thread, thread
        whole = Thread(**thread.model_dump(exclude={"metadata"}), items=Page())
        if before is None:
            return [ThreadCreatedEvent(thread=whole)] if self._first else []
        return [ThreadUpdatedEvent(thread=whole)] if before != thread else []

    async def _of_item(self, item: ThreadItem) -> list[ThreadStreamEvent]:
        sent = self._sent.get(item.id)
        self._sent[item.id] = item
        if sent == item:
            return []
        [item] = await self._store.with_addresses([item], self._context)
        if sent or item.id == self._changed:
            return [ThreadItemReplacedEvent(item=item)]
        events: list[ThreadStreamEvent] = [ThreadItemDoneEvent(item=item)]
        if isinstance(item, AssistantMessageItem) and self._shown:
            # The text so far has an id of its own.
            events.insert(0, ThreadItemRemovedEvent(item_id=self._shown.id))
            self._shown = None
        return events

    def _of_text(self, running: Snapshot) -> list[ThreadStreamEvent]:
        if running.item_id in self._sent:
            return []
        before, self._shown = self._shown, running.item(self._thread_id)
        if before is None or before.id != self._shown.id:
            removed = [ThreadItemRemovedEvent(item_id=before.id)] if before else []
            return [*removed, ThreadItemAddedEvent(item=self._shown)]
        delta = running.text.removeprefix(before.content[0].text)
        update = AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
        return [ThreadItemUpdatedEvent(item_id=before.id, update=update)] if delta else []

    def _removed_text(self) -> list[ThreadStreamEvent]:
        """Remove the text so far: the stored message has an id of its own."""
        shown, self._shown = self._shown, None
        return [ThreadItemRemovedEvent(item_id=shown.id)] if shown else []

    def _answers(self) -> list[ThreadItem]:
        return [
            item
            for item in self._sent.values()
            if not isinstance(item, UserMessageItem) and item.id != self._changed
        ]

    async def _items(self) -> list[ThreadItem]:
        """Return the visible items that the turn has stored so far, oldest first."""
        # No item has this id, but every id that was minted in the turn sorts after it.
        began = f"msg_{self._context.turn.id.rpartition('_')[2]}"
        page = await self._store.load_thread_items(
            self._thread_id, began, MOST_ITEMS, "asc", self._context
        )
        shown: list[ThreadItem] = [as_shown(item) for item in page.data if not is_hidden(item)]
        marks = HiddenContextItem | SDKHiddenContextItem
        self._left_a_mark = any(isinstance(item, marks) for item in page.data)
        if self._changed:
            with suppress(NotFoundError):
                older = await self._store.load_item(self._thread_id, self._changed, self._context)
                shown.insert(0, older)
        return shown
