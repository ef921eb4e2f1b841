"""The rows of items, each under the place of its id."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from chatkit.types import HiddenContextItem, Page, SDKHiddenContextItem, ThreadItem

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import together
from chat_api.store.blobs import Blobs, fitting, same_body, unshared
from chat_api.store.keys import (
    FEEDBACK,
    ITEM,
    TRANSCRIPT,
    minted_place,
    object_folder,
    thread_partition,
)
from chat_api.store.pages import Most, Sized, load_page, read_stored, sized
from chat_api.store.places import find_place, free_place, settle_place
from chat_api.store.presence import is_live, known_gone, not_found, refuse_gone
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import alive, dump, read_item
from chat_api.store.table import RowExists, RowMissing, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# What stands under an item's place: itself, the turn that it began, the thumb under it.
OF_ONE_ITEM = (ITEM, TRANSCRIPT, FEEDBACK)
# Of JSON in a page that a person waits for: a second at 8 Mbit/s, some 500 messages of the usual
# length. Together with one item of 5 MB it stays below the 6 MB of a buffered answer of Lambda's.
PAGE_BYTES = 1_000_000


class ItemChanged(Exception):
    """Another request has stored the item since this one read it."""


class Items:
    """Items of a deleted thread are hidden."""

    def __init__(
        self,
        table: ThreadsTable,
        bodies: Blobs,
        *,
        retention_seconds: int,
        now: Callable[[], float],
    ) -> None:
        self._table = table
        self._bodies = bodies
        self._retention = retention_seconds
        self._now = now

    async def page(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """Return a page; for a person, of what is shown, up to `PAGE_BYTES` of it.

        Raises `NotFoundError` for an `after` that the thread never held.
        """
        rows = RequestTable(self._table, context.cache)
        if known_gone(rows, context.user, thread_id, self._now()):
            return Page()
        partition = thread_partition(context.user, thread_id)
        live, page = await together(
            is_live(rows, context.user, thread_id, self._now()),
            self._page(rows, partition, after, limit, order, for_display=context.for_display),
        )
        if live and page is None:
            raise not_found("Item", after or "")
        return page if live and page else Page()

    async def add(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Raises `ValueError` when the id holds another item."""
        rows = RequestTable(self._table, context.cache)
        new = await self._new(rows, thread_id, item, context)
        try:
            await rows.put_new(new, self._now())
        except RowExists as existing:
            await self._bodies.discard(unshared(new, existing.row))
            if not same_body(existing.row, new):
                raise ValueError(f"Item {item.id} exists already") from None

    async def save(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        rows = RequestTable(self._table, context.cache)
        new = await self._new(rows, thread_id, item, context)
        await self._bodies.discard(unshared(await rows.put(new), new))

    async def replace(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Save an item over the row that this request has read of it.

        Raises `ItemChanged` when another item is stored there now, which the request has read then,
        and `NotFoundError` when none is. Neither writes anything.
        """
        rows = RequestTable(self._table, context.cache)
        stored = await self.find(rows, thread_id, item.id, context)
        new = await self._new(rows, thread_id, item, context)
        try:
            await rows.put_over(new, stored)
        except RowMissing:
            current = await rows.get_now(stored["pk"]["S"], stored["sk"]["S"])
            if current and same_body(current, new):
                # Written, but the acknowledgement was lost.
                return
            await self._bodies.discard([new])
            if not current or not alive(current, self._now()):
                raise not_found("Item", item.id) from None
            raise ItemChanged from None
        await self._bodies.discard(unshared(stored, new))

    async def load(self, thread_id: str, item_id: str, context: RequestContext) -> ThreadItem:
        rows = RequestTable(self._table, context.cache)
        stored = await self.find(rows, thread_id, item_id, context)
        items = await read_stored(rows, self._bodies, [stored], read_item)
        if not items or items[0].id != item_id:
            raise not_found("Item", item_id)
        return items[0]

    async def find(
        self, rows: RequestTable, thread_id: str, item_id: str, context: RequestContext
    ) -> Row:
        """The row of an item that is to be seen; `NotFoundError` otherwise."""
        live, stored = await together(
            is_live(rows, context.user, thread_id, self._now()),
            self._row(rows, thread_partition(context.user, thread_id), item_id),
        )
        if not live or not stored or not alive(stored, self._now()):
            raise not_found("Item", item_id)
        return stored

    async def delete(self, thread_id: str, item_id: str, context: RequestContext) -> None:
        rows = RequestTable(self._table, context.cache)
        refuse_gone(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, item_id)
        if place is None:
            return
        # Names the body in the bucket, if there is one.
        stored = await rows.get(partition, ITEM + place)
        await rows.delete(partition, [kind + place for kind in OF_ONE_ITEM])
        await self._bodies.discard([stored])
        if not minted_place(item_id):
            await free_place(rows, partition, item_id)

    async def delete_all(self, thread_id: str, context: RequestContext) -> None:
        """Delete all rows and bodies of a thread, which must be a deleted one.

        Another sweep may have deleted a row without knowing that this request gave it a new body.
        So the bodies that this request has put are deleted by name.
        """
        rows = RequestTable(self._table, context.cache)
        partition = thread_partition(context.user, thread_id)
        keys = await self._table.keys(partition, after=None)
        # The rows name their bodies, so they go last: a repeat can delete what is left of both.
        await self._bodies.discard(keys, also=rows.objects(partition))
        await rows.delete(partition, [key["sk"]["S"] for key in keys])

    async def _page(
        self,
        rows: RequestTable,
        partition: str,
        after: str | None,
        limit: int,
        order: str,
        *,
        for_display: bool,
    ) -> Page[ThreadItem] | None:
        place = None if after is None else await find_place(rows, partition, after)
        if after is not None and place is None:
            return None
        items, more = await load_page(
            partial(rows.items, partition),
            partial(self._shown if for_display else self._all, rows),
            after=place and ITEM + place,
            newest_first=order == "desc",
            most=Most(limit, PAGE_BYTES) if for_display else Most(limit),
            now=self._now(),
        )
        return Page(data=items, has_more=more, after=items[-1].id if items and more else None)

    async def _all(self, rows: RequestTable, stored: list[Row]) -> list[Sized[ThreadItem]]:
        return await read_stored(rows, self._bodies, stored, sized(read_item))

    async def _shown(self, rows: RequestTable, stored: list[Row]) -> list[Sized[ThreadItem]]:
        """The items that a person sees. The SDK leaves the others out of a page that is cut."""
        items = await self._all(rows, stored)
        hidden = HiddenContextItem | SDKHiddenContextItem
        return [each for each in items if not isinstance(each[0], hidden)]

    async def _row(self, rows: RequestTable, partition: str, item_id: str) -> Row | None:
        place = await find_place(rows, partition, item_id)
        return await rows.get(partition, ITEM + place) if place else None

    async def _new(
        self, rows: RequestTable, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> Row:
        """The row to be; its body, if it is a big one, is in the bucket then."""
        now = self._now()
        refuse_gone(rows, context.user, thread_id, now)
        partition, until = thread_partition(context.user, thread_id), now + self._retention
        json = fitting(dump(item))
        place = await settle_place(rows, partition, item.id, item.created_at, now=now, until=until)
        folder = object_folder(context.user, thread_id, ITEM + place)
        return await self._bodies.row(partition, ITEM + place, folder, json, until)
