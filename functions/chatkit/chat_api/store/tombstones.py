"""What is left of a deleted thread for a week, so that it stays deleted.

A deletion first turns the thread's row into its tombstone. When nobody may write to the thread any
more, the tombstone moves to a sort key of its own, where no listing reads it. The copy is written
before the row goes, so a process that dies between the two leaves both, and a repeat finishes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chat_api.request_context import RequestContext
from chat_api.store.keys import DELETED, THREAD, user_partition
from chat_api.store.places import find_place
from chat_api.store.presence import has_moved, known_deleted, not_found, place_of
from chat_api.store.request_table import Known, RequestTable
from chat_api.store.rows import key, seconds
from chat_api.store.table import RowMissing, ThreadsTable
from chat_api.store.threads import TOMBSTONE_SECONDS

if TYPE_CHECKING:
    from chat_api.store.rows import Row


class Tombstones:
    """Each user's own."""

    def __init__(self, table: ThreadsTable, *, now: Callable[[], float]) -> None:
        self._table = table
        self._now = now

    async def bury(self, thread_id: str, context: RequestContext) -> None:
        """Make the thread's row a tombstone: from now on nobody sees it or what is in it.

        A thread whose tombstone has moved is a success. Raises `NotFoundError` for one that never
        was.
        """
        rows, partition = self._rows(context), user_partition(context.user)
        place = await place_of(rows, context.user, thread_id)
        try:
            await rows.update(partition, THREAD + place, self._tombstone(), remove="body")
        except RowMissing:
            if not await has_moved(rows, partition, place):
                raise not_found("Thread", thread_id) from None

    async def move(self, thread_id: str, context: RequestContext) -> None:
        """Move the tombstone out of what listings read; two requests.

        This is for a thread to which no running turn may write any more.
        """
        rows, partition = self._rows(context), user_partition(context.user)
        place = await find_place(rows, partition, thread_id)
        if place is None or rows.known(partition, THREAD + place) == Known(None):
            # Moved already, or expired.
            return
        # A batch keeps no order, and without its copy the thread could come back.
        await rows.put(key(partition, DELETED + place) | self._tombstone())
        await rows.delete(partition, [THREAD + place])

    async def is_gone(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether a thread's row is a tombstone or missing by now; one or two requests."""
        rows, partition = self._rows(context), user_partition(context.user)
        place = await find_place(rows, partition, thread_id)
        stored = await rows.get_now(partition, THREAD + place) if place else None
        return stored is None or "deleted" in stored

    async def was_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether a thread is gone, or there although its tombstone has moved.

        The latter is the work of a container that stood still while it stored its new thread.
        """
        if await self.is_gone(thread_id, context):
            return True
        rows = self._rows(context)
        place = await place_of(rows, context.user, thread_id)
        return await has_moved(rows, user_partition(context.user), place)

    def known_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether the request knows of the deletion; no request."""
        return known_deleted(self._rows(context), context.user, thread_id)

    def _rows(self, context: RequestContext) -> RequestTable:
        return RequestTable(self._table, context.cache)

    def _tombstone(self) -> Row:
        return {"deleted": {"BOOL": True}, "expires_at": seconds(self._now() + TOMBSTONE_SECONDS)}
