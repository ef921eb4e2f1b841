"""The rows of items, each under the place of its id."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from chatkit.store import NotFoundError
from chatkit.types import (
    ClientToolCallItem,
    Page,
    StructuredInputItem,
    ThreadItem,
    WorkflowItem,
)

from chat_api.own_items import as_shown, is_hidden
from chat_api.request_context import RequestContext
from chat_api.store.attachments import forget_thread
from chat_api.store.aws_calls import gather_both
from chat_api.store.blobs import fitting, same_body, unshared
from chat_api.store.existence import known_missing, not_found, refuse_missing, thread_exists
from chat_api.store.images import named_image
from chat_api.store.keys import (
    FEEDBACK,
    ITEM,
    TRANSCRIPT,
    minted_place,
    object_folder,
    thread_partition,
)
from chat_api.store.pages import PageLimit, Sized, load_page, read_stored, with_size
from chat_api.store.places import assign_place, find_place, find_row, release_place
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import dump, is_live, read_item
from chat_api.store.store_part import StorePart
from chat_api.store.table import RowExists, RowMissing
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The rows at an item's place: the item, the turn that it began, the feedback on it.
KINDS_AT_A_PLACE = (ITEM, TRANSCRIPT, FEEDBACK)
# The JSON in a page that a person waits for: a second at 8 Mbit/s, about 500 messages of usual
# length. With one item of 5 MB more, it stays below the 6 MB of a buffered answer from Lambda.
PAGE_BYTES = 1_000_000


class ItemChanged(Exception):
    """Another request has stored the item since this one read it."""


class ItemRows(StorePart):
    """Items of a deleted thread are hidden."""

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """Return a page. A page for display leaves out hidden items and ends at `PAGE_BYTES`.

        Raise `NotFoundError` for an `after` that was never in the thread.
        """
        rows = self._rows(context)
        if known_missing(rows, context.user, thread_id, self._now()):
            return Page()
        partition = thread_partition(context.user, thread_id)
        exists, page = await gather_both(
            thread_exists(rows, context.user, thread_id, self._now()),
            self._item_page(rows, partition, after, limit, order, for_display=context.for_display),
        )
        if exists and page is None:
            raise not_found("Item", after or "")
        return page if exists and page else Page()

    async def load_item(self, thread_id: str, item_id: str, context: RequestContext) -> ThreadItem:
        """Return an item. Raise `NotFoundError` if the user's thread has none with that id."""
        rows = self._rows(context)
        stored = await find_item(rows, context.user, thread_id, item_id, self._now())
        items = await read_stored(rows, self._blobs, [stored], read_item)
        if not items or items[0].id != item_id:
            raise not_found("Item", item_id)
        return items[0]

    @run_to_completion
    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None:
        """Add an item. The same item again is a success: its acknowledgment may have been lost.

        Raise `ValueError` when another item has the id. The SDK adds a workflow again each time it
        continues, so that a workflow replaces the stored one.
        """
        rows = self._rows(context)
        new = await self._item_row(rows, thread_id, item, context)
        if isinstance(item, WorkflowItem):
            await self._put_item(rows, new)
            return
        try:
            await rows.put_new(new, self._now())
        except RowExists as existing:
            await self._blobs.discard(unshared(new, existing.row))
            if not same_body(existing.row, new):
                raise ValueError(f"Item {item.id} exists already") from None

    @run_to_completion
    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Store an item, replacing any other with its id.

        Raise `ItemChanged` for an item that waits for a reply and was stored after this request
        read it: a late save never undoes a reply.
        """
        rows = self._rows(context)
        if isinstance(item, ClientToolCallItem | StructuredInputItem):
            with suppress(NotFoundError):
                return await self.replace_item(thread_id, item, context)
        await self._put_item(rows, await self._item_row(rows, thread_id, item, context))

    @run_to_completion
    async def replace_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Save an item over the one that this request has read.

        Raise `ItemChanged` if another item was stored there since, which the request knows then,
        and `NotFoundError` if the item was deleted. Neither writes anything.
        """
        rows = self._rows(context)
        stored = await find_item(rows, context.user, thread_id, item.id, self._now())
        new = await self._item_row(rows, thread_id, item, context)
        try:
            await rows.put_over(new, stored)
        except RowMissing:
            current = await rows.get(stored["pk"]["S"], stored["sk"]["S"], fresh=True)
            if current and same_body(current, new):
                # The item was written, but the acknowledgment was lost.
                return
            await self._blobs.discard([new])
            if not current or not is_live(current, self._now()):
                raise not_found("Item", item.id) from None
            raise ItemChanged from None
        await self._blobs.discard(unshared(stored, new))

    @run_to_completion
    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> None:
        """Delete an item, the feedback on it and, of a user message, the turn that it began."""
        rows = self._rows(context)
        refuse_missing(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, item_id)
        if place is None:
            return
        # The row names the object in the bucket, if there is one.
        stored = await rows.get(partition, ITEM + place)
        await rows.delete(partition, [kind + place for kind in KINDS_AT_A_PLACE])
        await self._blobs.discard([stored])
        if not minted_place(item_id):
            await release_place(rows, partition, item_id)

    @run_to_completion
    async def delete_thread_rows(self, thread_id: str, context: RequestContext) -> None:
        """Delete all rows and objects of a thread that is hidden already.

        Another deletion may have deleted a row without knowing that this request gave it a new
        object. So the objects that this request has put are deleted by name.
        """
        rows = self._rows(context)
        partition = thread_partition(context.user, thread_id)
        keys = await self._table.keys(partition, after=None)
        # The rows name their objects, so they go last: a repeat can delete what is left of both.
        await self._blobs.discard(keys, also=rows.objects(partition))
        await forget_thread(self._table, keys, context.user, thread_id, self._now())
        await rows.delete(partition, [key["sk"]["S"] for key in keys])

    async def _item_page(
        self,
        rows: RequestTable,
        partition: str,
        after: str | None,
        limit: int,
        order: str,
        *,
        for_display: bool,
    ) -> Page[ThreadItem] | None:
        """Return a page; None if the place of `after` is unknown."""
        place = None if after is None else await find_place(rows, partition, after)
        if after is not None and place is None:
            return None
        items, more = await load_page(
            partial(rows.items, partition),
            partial(self._shown_items if for_display else self._all_items, rows),
            after=place and ITEM + place,
            newest_first=order == "desc",
            limit=PageLimit(limit, PAGE_BYTES) if for_display else PageLimit(limit),
            now=self._now(),
        )
        return Page(data=items, has_more=more, after=items[-1].id if items and more else None)

    async def _all_items(self, rows: RequestTable, stored: list[Row]) -> list[Sized[ThreadItem]]:
        return await read_stored(rows, self._blobs, stored, with_size(read_item))

    async def _shown_items(self, rows: RequestTable, stored: list[Row]) -> list[Sized[ThreadItem]]:
        """Return the items that a person sees. The SDK would leave the others out of full pages."""
        items = await self._all_items(rows, stored)
        return [(as_shown(item), size) for item, size in items if not is_hidden(item)]

    async def _put_item(self, rows: RequestTable, new: Row) -> None:
        await self._blobs.discard(unshared(await rows.put(new), new))

    async def _item_row(
        self, rows: RequestTable, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> Row:
        """Return the row for an item, and put its body into the bucket if it is a big one."""
        now, until = self._now(), self._retention.until()
        refuse_missing(rows, context.user, thread_id, now)
        partition = thread_partition(context.user, thread_id)
        json = fitting(dump(item))
        place = await assign_place(rows, partition, item.id, item.created_at, now=now, until=until)
        folder = object_folder(context.user, thread_id, ITEM + place)
        row = await self._blobs.new_row(partition, ITEM + place, folder, json, until)
        return row | named_image(item, context)


async def find_item(rows: RequestTable, user: str, thread_id: str, item_id: str, now: float) -> Row:
    """Return the row of an item that is shown. Raise `NotFoundError` otherwise."""
    exists, stored = await gather_both(
        thread_exists(rows, user, thread_id, now),
        find_row(rows, thread_partition(user, thread_id), ITEM, item_id),
    )
    if not exists or not stored or not is_live(stored, now):
        raise not_found("Item", item_id)
    return stored
