"""The row that is left of a deleted thread for a week, so that the thread stays deleted.

A deletion first turns the thread's row into its tombstone. When no turn can write to the thread,
the tombstone moves to a separate sort key, where no listing reads it. The copy is written before
the row is deleted, so a process that dies between the two leaves both, and a repeat finishes the
move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat_api.request_context import RequestContext
from chat_api.store.existence import (
    known_deleted,
    not_found,
    thread_is_deleted,
    thread_place,
    tombstone_has_moved,
)
from chat_api.store.keys import DELETED, THREAD, user_partition
from chat_api.store.places import find_place
from chat_api.store.request_table import Known
from chat_api.store.retention import DAY
from chat_api.store.rows import key, seconds
from chat_api.store.store_part import StorePart
from chat_api.store.table import RowMissing
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

TOMBSTONE_SECONDS = 7 * DAY


class Tombstones(StorePart):
    """The steps of a thread's deletion that concern its own row."""

    @run_to_completion
    async def hide_thread(self, thread_id: str, context: RequestContext) -> None:
        """Turn a thread's row into a tombstone: the thread is hidden, and cannot be saved again.

        Succeed if the tombstone has already moved. Raise `NotFoundError` for a thread that never
        existed.
        """
        rows, partition = self._rows(context), user_partition(context.user)
        place = await thread_place(rows, context.user, thread_id)
        try:
            await rows.update(partition, THREAD + place, self._tombstone(), remove="body")
        except RowMissing:
            if not await tombstone_has_moved(rows, partition, place):
                raise not_found("Thread", thread_id) from None

    @run_to_completion
    async def move_tombstone(self, thread_id: str, context: RequestContext) -> None:
        """Move the tombstone out of the listings. This takes two writes.

        Call this when no running turn can write to the thread.
        """
        rows, partition = self._rows(context), user_partition(context.user)
        place = await find_place(rows, partition, thread_id)
        if place is None or rows.known(partition, THREAD + place) == Known(None):
            # The tombstone has moved already, or is expired.
            return
        # A batch keeps no order, and without its copy the thread could come back.
        await rows.put(key(partition, DELETED + place) | self._tombstone())
        await rows.delete(partition, [THREAD + place])

    async def is_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether a thread is now deleted, whatever the request has read of it.

        A thread whose tombstone has moved is deleted even if its row exists: an environment
        that was suspended while it stored its new thread has written the row since.
        """
        rows = self._rows(context)
        if await thread_is_deleted(rows, context.user, thread_id):
            return True
        place = await thread_place(rows, context.user, thread_id)
        return await tombstone_has_moved(rows, user_partition(context.user), place)

    def knows_deleted(self, thread_id: str, context: RequestContext) -> bool:
        """Return whether the request knows that a thread was deleted. This reads no row."""
        return known_deleted(self._rows(context), context.user, thread_id)

    def _tombstone(self) -> Row:
        return {"deleted": {"BOOL": True}, "expires_at": seconds(self._now() + TOMBSTONE_SECONDS)}
