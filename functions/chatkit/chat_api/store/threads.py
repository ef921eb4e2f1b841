"""The rows of threads. A deleted thread's row stays for a week, as a tombstone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from chatkit.store import NotFoundError
from chatkit.types import Page, ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.keys import THREAD, minted_place, user_partition
from chat_api.store.pages import Most, load_page, read_rows, sized
from chat_api.store.places import find_place, place_in, pointer_sort, settle_place
from chat_api.store.request_table import Known, RequestTable
from chat_api.store.rows import DAY, alive, dump, expiry, read_thread, row, seconds
from chat_api.store.table import RowMissing, StoreUnavailable, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

TOMBSTONE_SECONDS = 7 * DAY


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
        stored = await _find(rows, context.user, thread_id)
        thread = await self._live(stored) if stored else None
        if stored is None or thread is None or thread.id != thread_id:
            raise not_found("Thread", thread_id)
        await self._prolong(rows, thread, stored)
        context.cache.threads[thread_id] = thread.model_copy(deep=True)
        return thread

    async def save(self, thread: ThreadMetadata, context: RequestContext) -> None:
        """Keep what the request has changed of a thread, and set the rest of it to what is stored.

        Somebody else may have renamed the thread since the request has read it.
        """
        # The SDK also hands over a Thread, whose items are no part of the row.
        bare = ThreadMetadata.model_validate(thread.model_dump(exclude={"items"}))
        rows = RequestTable(self._table, context.cache)
        partition, until = user_partition(context.user), self._now() + self._retention
        sort = THREAD + await self._settle(rows, partition, bare, until)
        base = context.cache.threads.get(thread.id)
        stored = await rows.get(partition, sort) if base else None
        while base and stored and (current := await self._live(stored)):
            bare = merged(base, bare, current)
            with suppress(RowMissing):
                if bare != current:
                    await rows.put_over(row(partition, sort, dump(bare), until), stored)
                break
            stored = await rows.get_now(partition, sort)
        else:
            try:
                await rows.put_unless(row(partition, sort, dump(bare), until), "deleted")
            except RowMissing:
                raise not_found("Thread", thread.id) from None
        for name in ThreadMetadata.model_fields:
            setattr(thread, name, getattr(bare, name))
        context.cache.threads[thread.id] = bare.model_copy(deep=True)

    async def name(self, thread_id: str, title: str, context: RequestContext) -> ThreadMetadata:
        """Give a thread a title unless it has one by now; the thread as it is then."""
        rows = RequestTable(self._table, context.cache)
        partition, sort = (
            user_partition(context.user),
            THREAD + await self._place(thread_id, context),
        )
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
        threads, more = await load_page(
            partial(self._table.query, user_partition(context.user), THREAD),
            partial(read_rows, read=sized(read_thread)),
            after=None if after is None else THREAD + await self._place(after, context),
            newest_first=order == "desc",
            most=Most(limit),
            now=self._now(),
        )
        last = threads[-1].id if threads and more else None
        return Page(data=threads, has_more=more, after=last)

    async def bury(self, thread_id: str, context: RequestContext) -> None:
        """Make the thread's row a tombstone: from now on nobody sees it or what is in it."""
        rows = RequestTable(self._table, context.cache)
        gone_at = seconds(self._now() + TOMBSTONE_SECONDS)
        try:
            await rows.update(
                user_partition(context.user),
                THREAD + await self._place(thread_id, context),
                {"deleted": {"BOOL": True}, "expires_at": gone_at},
                remove="body",
            )
        except RowMissing:
            raise not_found("Thread", thread_id) from None

    async def is_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Whether a thread's row is a tombstone or missing by now; one or two requests."""
        rows, partition = RequestTable(self._table, context.cache), user_partition(context.user)
        place = await find_place(rows, partition, thread_id)
        stored = await rows.get_now(partition, THREAD + place) if place else None
        return stored is None or "deleted" in stored

    def known_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether the request knows of the deletion; no request."""
        return known_deleted(RequestTable(self._table, context.cache), context.user, thread_id)

    async def _live(self, stored: Row) -> ThreadMetadata | None:
        """Return the thread of a row, or None when it is not to be seen."""
        threads = await read_rows([stored] if alive(stored, self._now()) else [], read_thread)
        return threads[0] if threads else None

    async def _place(self, thread_id: str, context: RequestContext) -> str:
        rows = RequestTable(self._table, context.cache)
        place = await find_place(rows, user_partition(context.user), thread_id)
        if place is None:
            raise not_found("Thread", thread_id)
        return place

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


async def is_live(table: RequestTable, user: str, thread_id: str, now: float) -> bool:
    """Whether a thread is to be seen; no request when this request has read or written its row."""
    if thread_id in table.gone:
        return False
    stored = await _find(table, user, thread_id)
    return stored is not None and alive(stored, now)


def known_gone(table: RequestTable, user: str, thread_id: str, now: float) -> bool:
    """Whether this request has seen, or was told, that the thread is not there."""
    known = _known(table, user, thread_id)
    is_missing = known is not None and not (known.row and alive(known.row, now))
    return is_missing or thread_id in table.gone


def known_deleted(table: RequestTable, user: str, thread_id: str) -> bool:
    """Whether this request has seen, or was told, that the thread was deleted."""
    known = _known(table, user, thread_id)
    is_buried = known is not None and known.row is not None and "deleted" in known.row
    return is_buried or thread_id in table.gone


def refuse_gone(table: RequestTable, user: str, thread_id: str, now: float) -> None:
    """Raise `NotFoundError` for a thread that this request knows is not there."""
    if known_gone(table, user, thread_id, now):
        raise not_found("Thread", thread_id)


def not_found(kind: str, missing_id: str) -> NotFoundError:
    return NotFoundError(f"{kind} {missing_id} not found")


def _known(table: RequestTable, user: str, thread_id: str) -> Known | None:
    """Return what the request knows of a thread's row; None for nothing."""
    partition = user_partition(user)
    place = minted_place(thread_id)
    if place is None:
        pointer = table.known(partition, pointer_sort(thread_id))
        if pointer is None:
            return None
        place = place_in(pointer.row)
    return table.known(partition, THREAD + place) if place else Known(None)


async def _find(table: RequestTable, user: str, thread_id: str) -> Row | None:
    partition = user_partition(user)
    place = await find_place(table, partition, thread_id)
    return await table.get(partition, THREAD + place) if place else None
