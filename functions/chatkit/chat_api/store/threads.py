"""The rows of threads. `tombstones.py` deletes them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chatkit.types import Page, ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.keys import THREAD, user_partition
from chat_api.store.pages import Most, load_page, read_rows, sized
from chat_api.store.places import settle_place
from chat_api.store.presence import find_row, has_moved, not_found, place_of
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import DAY, alive, dump, expiry, read_thread, row, seconds
from chat_api.store.table import RowMissing, StoreUnavailable, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

TOMBSTONE_SECONDS = 7 * DAY


class _Slot(NamedTuple):
    """Where a thread's row stands, and when it expires."""

    partition: str
    sort: str
    until: float

    def row(self, thread: ThreadMetadata) -> Row:
        return row(self.partition, self.sort, dump(thread), self.until)


class Threads:
    """Each user's own. Raises `NotFoundError` for a thread that is not to be seen."""

    def __init__(
        self, table: ThreadsTable, *, retention_seconds: int, now: Callable[[], float]
    ) -> None:
        self._table = table
        self._retention = retention_seconds
        self._now = now

    async def load(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        rows = RequestTable(self._table, context.cache)
        stored = await find_row(rows, context.user, thread_id)
        thread = await self._live(stored) if stored else None
        if stored is None or thread is None or thread.id != thread_id:
            raise not_found("Thread", thread_id)
        await self._prolong(rows, thread, stored)
        context.cache.threads[thread_id] = thread.model_copy(deep=True)
        return thread

    async def save(self, thread: ThreadMetadata, context: RequestContext) -> None:
        """Keep what the request has changed of a thread, and set the rest of it to what is stored.

        Somebody else may have renamed the thread since the request has read it, or deleted it.
        """
        # The SDK also hands over a Thread, whose items are no part of the row.
        mine = ThreadMetadata.model_validate(thread.model_dump(exclude={"items"}))
        rows = RequestTable(self._table, context.cache)
        partition, until = user_partition(context.user), self._now() + self._retention
        sort = THREAD + await self._settle(rows, partition, mine, until)
        slot = _Slot(partition, sort, until)
        if base := context.cache.threads.get(thread.id):
            saved = await self._save_changes(rows, slot, base, mine)
        else:
            saved = await self._save_whole(rows, slot, mine, thread.id in context.cache.minted)
        for name in ThreadMetadata.model_fields:
            setattr(thread, name, getattr(saved, name))
        context.cache.threads[thread.id] = saved.model_copy(deep=True)

    async def _save_changes(
        self, rows: RequestTable, slot: _Slot, base: ThreadMetadata, mine: ThreadMetadata
    ) -> ThreadMetadata:
        """Save what was changed since `base` over the row that is there, which must be."""
        stored = await rows.get(slot.partition, slot.sort)
        while stored and (current := await self._live(stored)):
            new = merged(base, mine, current)
            if new == current:
                return new
            with suppress(RowMissing):
                await rows.put_over(slot.row(new), stored)
                return new
            stored = await rows.get_now(slot.partition, slot.sort)
        raise not_found("Thread", mine.id)

    async def _save_whole(
        self, rows: RequestTable, slot: _Slot, thread: ThreadMetadata, is_new: bool
    ) -> ThreadMetadata:
        """Save a thread of which the request has read nothing.

        A new one cannot have been deleted before. For any other, look for a moved tombstone after
        the write: a deletion that let the write succeed had written it before.
        """
        try:
            await rows.put_unless(slot.row(thread), "deleted")
        except RowMissing:
            raise not_found("Thread", thread.id) from None
        if not is_new and await has_moved(rows, slot.partition, slot.sort.removeprefix(THREAD)):
            await rows.delete(slot.partition, [slot.sort])
            raise not_found("Thread", thread.id)
        return thread

    async def name(self, thread_id: str, title: str, context: RequestContext) -> ThreadMetadata:
        """Give a thread a title unless it has one by now; the thread as it is then."""
        rows = RequestTable(self._table, context.cache)
        partition = user_partition(context.user)
        sort = THREAD + await place_of(rows, context.user, thread_id)
        while True:
            # Whatever this request has read of it before: it may have been renamed meanwhile.
            stored = await rows.get_now(partition, sort)
            thread = await self._live(stored) if stored else None
            if stored is None or thread is None:
                raise not_found("Thread", thread_id)
            if thread.title:
                return thread
            named = thread.model_copy(update={"title": title})
            with suppress(RowMissing):
                await rows.put_over(row(partition, sort, dump(named), expiry(stored)), stored)
                return named

    async def page(
        self, limit: int, after: str | None, order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        rows = RequestTable(self._table, context.cache)
        threads, more = await load_page(
            partial(self._table.query, user_partition(context.user), THREAD),
            partial(read_rows, read=sized(read_thread)),
            after=None if after is None else THREAD + await place_of(rows, context.user, after),
            newest_first=order == "desc",
            most=Most(limit),
            now=self._now(),
        )
        last = threads[-1].id if threads and more else None
        return Page(data=threads, has_more=more, after=last)

    async def _live(self, stored: Row) -> ThreadMetadata | None:
        """Return the thread of a row, or None when it is not to be seen."""
        threads = await read_rows([stored] if alive(stored, self._now()) else [], read_thread)
        return threads[0] if threads else None

    async def _settle(
        self, rows: RequestTable, partition: str, thread: ThreadMetadata, until: float
    ) -> str:
        # The pointer also has to outlive the tombstone that the row may become.
        return await settle_place(
            rows,
            partition,
            thread.id,
            thread.created_at,
            now=self._now(),
            until=max(until, self._now() + TOMBSTONE_SECONDS),
        )

    async def _prolong(self, rows: RequestTable, thread: ThreadMetadata, stored: Row) -> None:
        """Let a thread in use outlive its newest item; written at most once a day."""
        until = self._now() + self._retention
        if expiry(stored) > until - DAY:
            return
        partition, sort = stored["pk"]["S"], stored["sk"]["S"]
        # Deleted in between, or out of reach: the next read tells, or prolongs.
        with suppress(RowMissing, StoreUnavailable):
            await self._settle(rows, partition, thread, until)
            values: Row = {"expires_at": seconds(until)}
            await rows.update(partition, sort, values, unless="deleted")


def merged(base: ThreadMetadata, mine: ThreadMetadata, current: ThreadMetadata) -> ThreadMetadata:
    """Return the current thread with what `mine` has changed since `base`."""
    changes = {name: value for name, value in mine if value != getattr(base, name)}
    if "metadata" in changes:
        gone = base.metadata.keys() - mine.metadata.keys()
        kept = {key: value for key, value in current.metadata.items() if key not in gone}
        new = {
            key: value
            for key, value in mine.metadata.items()
            if key not in base.metadata or value != base.metadata[key]
        }
        changes["metadata"] = kept | new
    return current.model_copy(update=changes)
