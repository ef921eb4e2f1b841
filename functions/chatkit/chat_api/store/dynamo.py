"""The ChatKit store on DynamoDB."""

from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Page, ThreadItem, ThreadMetadata

from chat_api.own_items import ACTION_PREFIX
from chat_api.request_context import RequestContext
from chat_api.store.attachments import AttachmentRows
from chat_api.store.blobs import Blobs
from chat_api.store.feedback import FeedbackRows
from chat_api.store.images import ImageFiles
from chat_api.store.items import ItemRows
from chat_api.store.keys import PREFIXES
from chat_api.store.notes import NoteRows
from chat_api.store.retention import Retention
from chat_api.store.snapshots import Snapshots
from chat_api.store.table import ThreadsTable
from chat_api.store.threads import ThreadRows
from chat_api.store.tombstones import Tombstones
from chatcore.ids import TimeOrderedIds
from chatcore.shielded import run_to_completion


class DynamoStore(
    ThreadRows,
    Tombstones,
    ItemRows,
    NoteRows,
    FeedbackRows,
    ImageFiles,
    AttachmentRows,
    Store[RequestContext],
):
    """Threads, items and attachments of many users, each of whom sees only their own.

    What is missing, deleted, expired or another user's raises `NotFoundError`; an item page of a
    thread like that is empty. Every operation may raise `StoreUnavailable`, and may then be
    repeated. A request never reads again what it has read or written itself.
    """

    def __init__(
        self, table: ThreadsTable, blobs: Blobs, retention: Retention, ids: TimeOrderedIds
    ) -> None:
        super().__init__(table, blobs, retention)
        self.snapshots = Snapshots(table, blobs, retention)
        self.files = blobs.attachments()
        self._ids = ids

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
        """Return a new id, greater than all that this process has minted before."""
        return f"{PREFIXES[kind]}_{self._ids.mint()}"

    def mint_action_message(self) -> str:
        """Return the id of a new `ActionMessage`."""
        return f"{ACTION_PREFIX}_{self._ids.mint()}"

    def mint_turn(self) -> str:
        """Return a new turn's id. Every id that is minted during the turn is greater."""
        return f"turn_{self._ids.mint()}"

    @run_to_completion
    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        """Hide a thread at once, then delete its rows. A repeat continues; TTL deletes the rest.

        Call this for a thread that nothing else writes to; `chat_api.turns.deletion` is for any.
        """
        await self.hide_thread(thread_id, context)
        await self.delete_thread_rows(thread_id, context)
        await self.move_tombstone(thread_id, context)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """Return a page of items, as `ItemRows` does.

        A page for display that holds the newest items also holds the text so far of the thread's
        running turn, in addition to `limit`.
        """
        if not context.for_display:
            return await super().load_thread_items(thread_id, after, limit, order, context)
        # The snapshot first: a message that is stored meanwhile is in the page, and replaces it.
        running = await self.snapshots.read(thread_id, context)
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        newest = not after if order == "desc" else not page.has_more
        if running and newest and not await self._is_stored(thread_id, running.item_id, context):
            page.data.insert(0 if order == "desc" else len(page.data), running.item(thread_id))
        shown = await self.with_addresses(page.data, context)
        page.data = [self.files.shown(item, context.user) for item in shown]
        return page

    async def _is_stored(self, thread_id: str, item_id: str, context: RequestContext) -> bool:
        try:
            await self.load_item(thread_id, item_id, context)
        except NotFoundError:
            return False
        return True
