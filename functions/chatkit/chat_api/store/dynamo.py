"""The ChatKit store on DynamoDB."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata, WorkflowItem

from chat_api.context import ChatContext
from chat_api.store.keys import (
    ATTACHMENT,
    ITEM,
    THREAD,
    TRANSCRIPT,
    encoded,
    order_of,
    thread_partition,
    user_partition,
)
from chat_api.store.models import (
    dump,
    dump_attachment,
    read_attachment,
    read_item,
    read_thread,
)
from chat_api.store.pages import Listing, live, load_page
from chat_api.store.rows import body, expiry, row, seconds
from chat_api.store.table import RowExists, RowMissing, Table
from chatcore.ids import TimeOrderedIds

if TYPE_CHECKING:
    from chat_api.store.rows import Row

DAY = 86_400
TOMBSTONE_DAYS = 7
PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "workflow": "wf",
    "task": "tsk",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}


class DynamoStore(Store[ChatContext]):
    """Threads, items and attachments of many users, each seeing only his own.

    What is missing, deleted, expired or another user's raises `NotFoundError`; an item page of
    such a thread is empty. Every operation may raise `StoreUnavailable`.
    """

    def __init__(
        self,
        table: Table,
        ids: TimeOrderedIds,
        *,
        retention_days: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._ids = ids
        self._retention = retention_days * DAY
        self._now = now

    def generate_thread_id(self, context: ChatContext) -> str:
        return self.mint("thread")

    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: ChatContext
    ) -> str:
        return self.mint(item_type)

    def mint(self, kind: StoreItemType) -> str:
        return f"{PREFIXES[kind]}_{self._ids.mint()}"

    async def load_thread(self, thread_id: str, context: ChatContext) -> ThreadMetadata:
        partition, sort = user_partition(context.user), THREAD + order_of("Thread", thread_id)
        stored = await self._table.get(partition, sort)
        thread = stored and live(stored, read_thread, self._now())
        if not stored or not thread or thread.id != thread_id:
            raise _not_found("Thread", thread_id)
        await self._prolong(partition, sort, stored)
        return thread

    async def save_thread(self, thread: ThreadMetadata, context: ChatContext) -> None:
        # The SDK also hands over a Thread, whose items are no part of the row.
        bare = ThreadMetadata.model_validate(thread.model_dump(exclude={"items"}))
        sort = THREAD + order_of("Thread", thread.id)
        try:
            await self._table.put_unless(
                self._row(user_partition(context.user), sort, dump(bare)), "deleted"
            )
        except RowMissing:
            raise _not_found("Thread", thread.id) from None

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: ChatContext
    ) -> Page[ThreadMetadata]:
        start = after and THREAD + order_of("Thread", after)
        listing = Listing(user_partition(context.user), THREAD, start, order == "desc", limit)
        threads, more = await load_page(self._table, listing, read_thread, self._now())
        return Page(data=threads, has_more=more, after=threads[-1].id if more else None)

    async def delete_thread(self, thread_id: str, context: ChatContext) -> None:
        """Hide the thread at once, then delete its rows; what a crash leaves, TTL removes."""
        gone_at = seconds(self._now() + TOMBSTONE_DAYS * DAY)
        try:
            await self._table.update(
                user_partition(context.user),
                THREAD + order_of("Thread", thread_id),
                {"deleted": {"BOOL": True}, "expires_at": gone_at},
            )
        except RowMissing:
            raise _not_found("Thread", thread_id) from None
        partition = thread_partition(context.user, thread_id)
        for prefix in (ITEM, TRANSCRIPT):
            await self._delete_rows(partition, prefix)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: ChatContext
    ) -> Page[ThreadItem]:
        start = after and ITEM + order_of("Item", after)
        partition = thread_partition(context.user, thread_id)
        listing = Listing(partition, ITEM, start, order == "desc", limit)
        items, more = await load_page(self._table, listing, read_item, self._now())
        return Page(data=items, has_more=more, after=items[-1].id if more else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        """Add an item. The same item again is a success: its acknowledgement may have been lost.

        Raises `ValueError` when another item has the id. A continued workflow is added again.
        """
        if isinstance(item, WorkflowItem):
            return await self.save_item(thread_id, item, context)
        new = self._item_row(thread_id, item, context)
        try:
            await self._table.put_new(new)
        except RowExists as existing:
            if body(existing.row) != body(new):
                raise ValueError(f"Item {item.id} exists already") from None

    async def save_item(self, thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        await self._table.put(self._item_row(thread_id, item, context))

    async def load_item(self, thread_id: str, item_id: str, context: ChatContext) -> ThreadItem:
        partition = thread_partition(context.user, thread_id)
        stored = await self._table.get(partition, ITEM + order_of("Item", item_id))
        item = stored and live(stored, read_item, self._now())
        if not item or item.id != item_id:
            raise _not_found("Item", item_id)
        return item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: ChatContext) -> None:
        """Delete an item and, when it is a user message, the turn that it began."""
        order = order_of("Item", item_id)
        partition = thread_partition(context.user, thread_id)
        await self._table.delete_all(partition, [ITEM + order, TRANSCRIPT + order])

    async def save_attachment(self, attachment: Attachment, context: ChatContext) -> None:
        sort = ATTACHMENT + encoded(attachment.id)
        await self._table.put(
            self._row(user_partition(context.user), sort, dump_attachment(attachment))
        )

    async def load_attachment(self, attachment_id: str, context: ChatContext) -> Attachment:
        sort = ATTACHMENT + encoded(attachment_id)
        stored = await self._table.get(user_partition(context.user), sort)
        attachment = stored and live(stored, read_attachment, self._now())
        if not attachment:
            raise _not_found("Attachment", attachment_id)
        return attachment

    async def delete_attachment(self, attachment_id: str, context: ChatContext) -> None:
        sort = ATTACHMENT + encoded(attachment_id)
        await self._table.delete_all(user_partition(context.user), [sort])

    def _row(self, partition: str, sort: str, json: str) -> Row:
        return row(partition, sort, json, self._now() + self._retention)

    def _item_row(self, thread_id: str, item: ThreadItem, context: ChatContext) -> Row:
        partition = thread_partition(context.user, thread_id)
        return self._row(partition, ITEM + order_of("Item", item.id), dump(item))

    async def _prolong(self, partition: str, sort: str, stored: Row) -> None:
        """Let a thread in use outlive its newest item; written at most once a day."""
        if expiry(stored) > self._now() + self._retention - DAY:
            return
        expires_at = seconds(self._now() + self._retention)
        # Deleted in between: the next read tells.
        with suppress(RowMissing):
            await self._table.update(partition, sort, {"expires_at": expires_at})

    async def _delete_rows(self, partition: str, prefix: str) -> None:
        after: str | None = None
        while True:
            rows, after = await self._table.query(
                partition, prefix, after=after, newest_first=False
            )
            await self._table.delete_all(partition, [found["sk"]["S"] for found in rows])
            if after is None:
                return


def _not_found(kind: str, missing_id: str) -> NotFoundError:
    return NotFoundError(f"{kind} {missing_id} not found")
