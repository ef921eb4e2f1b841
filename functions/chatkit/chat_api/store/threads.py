"""The rows of threads. `tombstones.py` deletes them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chatkit.types import Page, ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.existence import not_found, thread_place, tombstone_has_moved
from chat_api.store.keys import THREAD, user_partition
from chat_api.store.pages import PageLimit, load_page, read_inline, with_size
from chat_api.store.places import assign_place
from chat_api.store.request_table import RequestTable
from chat_api.store.retention import DAY
from chat_api.store.rows import dump, expiry, is_live, new_row, read_thread, seconds
from chat_api.store.store_part import StorePart
from chat_api.store.table import RowMissing
from chat_api.store.tombstones import TOMBSTONE_SECONDS
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row


class _Slot(NamedTuple):
    """The key of a thread's row, and when it expires."""

    partition: str
    sort: str
    until: float

    def row(self, thread: ThreadMetadata) -> Row:
        return new_row(self.partition, self.sort, dump(thread), self.until)


class ThreadRows(StorePart):
    """The methods raise `NotFoundError` for a thread that is deleted, expired or another user's."""

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        """Return a thread, and prolong its retention."""
        rows = self._rows(context)
        place = await thread_place(rows, context.user, thread_id)
        stored = await rows.get(user_partition(context.user), THREAD + place)
        thread = await self._live_thread(stored)
        if stored is None or thread is None or thread.id != thread_id:
            raise not_found("Thread", thread_id)
        await self._prolong(rows, thread, stored)
        context.cache.threads[thread_id] = thread.model_copy(deep=True)
        return thread

    @run_to_completion
    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        """Store what the request has changed in a thread, and update `thread` to what is stored.

        Another request may have renamed or deleted the thread since this one read it.
        """
        # The SDK also passes a Thread, whose items are no part of the row.
        mine = ThreadMetadata.model_validate(thread.model_dump(exclude={"items"}))
        rows = self._rows(context)
        partition, until = user_partition(context.user), self._retention.until()
        sort = THREAD + await self._assign_thread_place(rows, partition, mine, until)
        slot = _Slot(partition, sort, until)
        if base := context.cache.threads.get(thread.id):
            saved = await self._save_changes(rows, slot, base, mine)
        else:
            saved = await self._save_whole(rows, slot, mine, thread.id in context.cache.minted)
        for name in ThreadMetadata.model_fields:
            setattr(thread, name, getattr(saved, name))
        context.cache.threads[thread.id] = saved.model_copy(deep=True)

    @run_to_completion
    async def name_thread(
        self, thread_id: str, title: str, context: RequestContext
    ) -> ThreadMetadata:
        """Give a thread a title unless it already has one, and return the thread."""

        def named(thread: ThreadMetadata) -> ThreadMetadata:
            return thread if thread.title else thread.model_copy(update={"title": title})

        return await self.change_thread(thread_id, named, context)

    @run_to_completion
    async def change_thread(
        self,
        thread_id: str,
        change: Callable[[ThreadMetadata], ThreadMetadata],
        context: RequestContext,
    ) -> ThreadMetadata:
        """Change a thread as it is stored now, and return it as it is then."""
        rows = self._rows(context)
        partition = user_partition(context.user)
        sort = THREAD + await thread_place(rows, context.user, thread_id)
        while True:
            # Another request may have changed the thread since this one read it.
            stored = await rows.get(partition, sort, fresh=True)
            thread = await self._live_thread(stored)
            if stored is None or thread is None:
                raise not_found("Thread", thread_id)
            changed = change(thread)
            if changed == thread:
                return thread
            with suppress(RowMissing):
                new = new_row(partition, sort, dump(changed), expiry(stored))
                await rows.put_over(new, stored)
                return changed

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        """Return a page of the user's threads, in the order of their creation."""
        rows = self._rows(context)
        threads, more = await load_page(
            partial(self._table.query, user_partition(context.user), THREAD),
            partial(read_inline, read=with_size(read_thread)),
            after=None if after is None else THREAD + await thread_place(rows, context.user, after),
            newest_first=order == "desc",
            limit=PageLimit(limit),
            now=self._now(),
        )
        last = threads[-1].id if threads and more else None
        return Page(data=threads, has_more=more, after=last)

    async def _save_changes(
        self, rows: RequestTable, slot: _Slot, base: ThreadMetadata, mine: ThreadMetadata
    ) -> ThreadMetadata:
        """Save what was changed since `base` over the stored row, which must exist."""
        stored = await rows.get(slot.partition, slot.sort)
        while stored and (current := await self._live_thread(stored)):
            new = merged(base, mine, current)
            if new == current:
                return new
            with suppress(RowMissing):
                await rows.put_over(slot.row(new), stored)
                return new
            stored = await rows.get(slot.partition, slot.sort, fresh=True)
        raise not_found("Thread", mine.id)

    async def _save_whole(
        self, rows: RequestTable, slot: _Slot, thread: ThreadMetadata, is_new: bool
    ) -> ThreadMetadata:
        """Save a thread that the request has not read.

        A new thread cannot have been deleted before. For any other, look for a moved tombstone
        after the write: if a deletion let the write succeed, it had moved the tombstone before.
        """
        try:
            await rows.put_unless(slot.row(thread), "deleted")
        except RowMissing:
            raise not_found("Thread", thread.id) from None
        place = slot.sort.removeprefix(THREAD)
        if not is_new and await tombstone_has_moved(rows, slot.partition, place):
            await rows.delete(slot.partition, [slot.sort])
            raise not_found("Thread", thread.id)
        return thread

    async def _live_thread(self, stored: Row | None) -> ThreadMetadata | None:
        """Return the thread in a row; None if there is none that is shown."""
        live = [stored] if stored and is_live(stored, self._now()) else []
        threads = await read_inline(live, read_thread)
        return threads[0] if threads else None

    async def _assign_thread_place(
        self, rows: RequestTable, partition: str, thread: ThreadMetadata, until: float
    ) -> str:
        # The pointer also has to outlive the tombstone that the row may become.
        return await assign_place(
            rows,
            partition,
            thread.id,
            thread.created_at,
            now=self._now(),
            until=max(until, self._now() + TOMBSTONE_SECONDS),
        )

    async def _prolong(self, rows: RequestTable, thread: ThreadMetadata, stored: Row) -> None:
        """Let a thread in use outlive its newest item; at most one write a day."""
        until = self._retention.until()
        if expiry(stored) > until - DAY:
            return
        partition, sort = stored["pk"]["S"], stored["sk"]["S"]
        # If the row was deleted meanwhile, or DynamoDB fails, the next read deals with it.
        with suppress(RowMissing, StoreUnavailable):
            await self._assign_thread_place(rows, partition, thread, until)
            values: Row = {"expires_at": seconds(until)}
            await rows.update(partition, sort, values, unless="deleted")


def merged(base: ThreadMetadata, mine: ThreadMetadata, current: ThreadMetadata) -> ThreadMetadata:
    """Return the current thread with the changes that `mine` has made since `base`."""
    changes = {name: value for name, value in mine if value != getattr(base, name)}
    if "metadata" in changes:
        removed = base.metadata.keys() - mine.metadata.keys()
        kept = {key: value for key, value in current.metadata.items() if key not in removed}
        new = {
            key: value
            for key, value in mine.metadata.items()
            if key not in base.metadata or value != base.metadata[key]
        }
        changes["metadata"] = kept | new
    return current.model_copy(update=changes)
