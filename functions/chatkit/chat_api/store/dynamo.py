"""The ChatKit store on DynamoDB."""

import time
from collections.abc import Callable

from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Attachment, FeedbackKind, Page, ThreadItem, ThreadMetadata, WorkflowItem

from chat_api.request_context import RequestContext
from chat_api.store.attachments import Attachments
from chat_api.store.blobs import Blobs
from chat_api.store.feedback import Feedback
from chat_api.store.items import Items
from chat_api.store.keys import PREFIXES
from chat_api.store.notes import Notes
from chat_api.store.rows import DAY
from chat_api.store.snapshots import Snapshots
from chat_api.store.table import ThreadsTable
from chat_api.store.threads import Threads
from chat_api.store.tombstones import Tombstones
from chatcore.ids import TimeOrderedIds
from chatcore.shielded import run_to_completion


class DynamoStore(Store[RequestContext]):
    """Threads, items and attachments of many users, each of whom sees only their own.

    What is missing, deleted, expired or another user's raises `NotFoundError`; an item page of
    such a thread is empty. Every operation may raise `StoreUnavailable`, and may then be repeated.
    A context's request never reads again what it has read or written itself.
    """

    def __init__(
        self,
        table: ThreadsTable,
        ids: TimeOrderedIds,
        bodies: Blobs,
        *,
        retention_days: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        retention = retention_days * DAY
        self._ids = ids
        self.running = Snapshots(table, now=now)
        self._threads = Threads(table, retention_seconds=retention, now=now)
        self._tombstones = Tombstones(table, now=now)
        self._items = Items(table, bodies, retention_seconds=retention, now=now)
        self._notes = Notes(table, retention_seconds=retention, now=now)
        self._attachments = Attachments(table, retention_seconds=retention, now=now)
        self._feedback = Feedback(
            table, self._items, self._tombstones, retention_seconds=retention, now=now
        )

    def generate_thread_id(self, context: RequestContext) -> str:
        """Return the id of a new thread, which is that of the context's turn, if there is one."""
        minted = context.turn.thread_id or self.mint("thread")
        context.cache.minted.add(minted)
        return minted

    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: RequestContext
    ) -> str:
        return self.mint(item_type)

    def mint(self, kind: StoreItemType) -> str:
        """A new id, greater than all that this process minted before."""
        return f"{PREFIXES[kind]}_{self._ids.mint()}"

    def mint_turn(self) -> str:
        """A new turn's id: every id that is minted in the turn is greater."""
        return f"turn_{self._ids.mint()}"

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        return await self._threads.load(thread_id, context)

    @run_to_completion
    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        await self._threads.save(thread, context)

    @run_to_completion
    async def name_thread(
        self, thread_id: str, title: str, context: RequestContext
    ) -> ThreadMetadata:
        """Give a thread a title unless it has one by now; the thread as it is then."""
        return await self._threads.name(thread_id, title, context)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        return await self._threads.page(limit, after, order, context)

    @run_to_completion
    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        """Hide the thread at once, then delete its rows; a repeat goes on, TTL removes the rest.

        This is for a thread that nothing else writes to; `chat_api.turns.deletion` is for any.
        """
        await self.bury_thread(thread_id, context)
        await self.sweep_thread(thread_id, context)
        await self.move_tombstone(thread_id, context)

    @run_to_completion
    async def bury_thread(self, thread_id: str, context: RequestContext) -> None:
        """Hide a thread for good, and refuse later saves of it."""
        await self._tombstones.bury(thread_id, context)

    @run_to_completion
    async def sweep_thread(self, thread_id: str, context: RequestContext) -> None:
        """Delete all rows of a thread that was buried."""
        await self._items.delete_all(thread_id, context)

    @run_to_completion
    async def move_tombstone(self, thread_id: str, context: RequestContext) -> None:
        """Let listings read a swept thread no more, once no running turn may write to it."""
        await self._tombstones.move(thread_id, context)

    async def is_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether a thread is deleted by now, whatever the request has read of it before."""
        return await self._tombstones.was_deleted(thread_id, context)

    def knows_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether the request knows by now that a thread was deleted; it does not ask."""
        return self._tombstones.known_deleted(thread_id, context)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """Return a page. For display it leaves out hidden items and may end before `limit`.

        The page of the newest items then also holds the text so far of the thread's running turn,
        in addition to `limit`.
        """
        if not context.for_display:
            return await self._items.page(thread_id, after, limit, order, context)
        # Read first: a message that is done meanwhile is in the page, which then goes before.
        running = await self.running.read(thread_id, context)
        page = await self._items.page(thread_id, after, limit, order, context)
        newest = not after if order == "desc" else not page.has_more
        if running and newest and not await self._is_stored(thread_id, running.item_id, context):
            page.data.insert(0 if order == "desc" else len(page.data), running.item(thread_id))
        return page

    async def _is_stored(self, thread_id: str, item_id: str, context: RequestContext) -> bool:
        try:
            await self.load_item(thread_id, item_id, context)
        except NotFoundError:
            return False
        return True

    @run_to_completion
    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None:
        """Add an item. The same item again is a success: its acknowledgement may have been lost.

        Raises `ValueError` when another item has the id. A continued workflow is added again.
        """
        if isinstance(item, WorkflowItem):
            await self._items.save(thread_id, item, context)
        else:
            await self._items.add(thread_id, item, context)

    @run_to_completion
    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        await self._items.save(thread_id, item, context)

    @run_to_completion
    async def replace_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Save an item over the one that this request has read; a deleted one stays deleted.

        Raises `NotFoundError` for a deleted one, `ItemChanged` for one that was stored since.
        """
        await self._items.replace(thread_id, item, context)

    @run_to_completion
    async def add_note(self, thread_id: str, text: str, context: RequestContext) -> None:
        """Note something for the model's next turn, with others in one row.

        Raises `NotFoundError`, and leaves nothing, when the thread is deleted meanwhile.
        """
        await self._notes.add(thread_id, text, context)

    async def load_item(self, thread_id: str, item_id: str, context: RequestContext) -> ThreadItem:
        return await self._items.load(thread_id, item_id, context)

    @run_to_completion
    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> None:
        """Delete an item, the thumb under it and, of a user message, the turn that it began."""
        await self._items.delete(thread_id, item_id, context)

    @run_to_completion
    async def save_feedback(
        self, thread_id: str, item_ids: list[str], kind: FeedbackKind, context: RequestContext
    ) -> None:
        """Keep a thumb for each item, the latest for good.

        Raises `NotFoundError`, and keeps nothing, unless each is in that user's thread, also
        when the thread is deleted meanwhile.
        """
        await self._feedback.save(thread_id, item_ids, kind, context)

    async def load_feedback(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> FeedbackKind | None:
        return await self._feedback.load(thread_id, item_id, context)

    @run_to_completion
    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        await self._attachments.save(attachment, context)

    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        return await self._attachments.load(attachment_id, context)

    @run_to_completion
    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        await self._attachments.delete(attachment_id, context)
