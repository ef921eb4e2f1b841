"""Whether a thread exists, by the table or by what the user's request already knows of it."""

from __future__ import annotations

from chatkit.store import NotFoundError

from chat_api.store.keys import DELETED, THREAD, minted_place, user_partition
from chat_api.store.places import find_place, find_row, place_in, pointer_sort
from chat_api.store.request_table import Known, RequestTable
from chat_api.store.rows import is_live


async def thread_exists(rows: RequestTable, user: str, thread_id: str, now: float) -> bool:
    """Return whether a thread exists. Read its row only if this request does not know it."""
    if thread_id in rows.deleted:
        return False
    stored = await find_row(rows, user_partition(user), THREAD, thread_id)
    return stored is not None and is_live(stored, now)


async def thread_is_deleted(rows: RequestTable, user: str, thread_id: str) -> bool:
    """Return whether a thread's row is now missing or a tombstone. This takes one or two reads."""
    partition = user_partition(user)
    place = await find_place(rows, partition, thread_id)
    stored = await rows.get(partition, THREAD + place, fresh=True) if place else None
    return stored is None or "deleted" in stored


async def thread_place(rows: RequestTable, user: str, thread_id: str) -> str:
    """Return a thread's place. Raise `NotFoundError` for an id that was never stored."""
    place = await find_place(rows, user_partition(user), thread_id)
    if place is None:
        raise not_found("Thread", thread_id)
    return place


async def tombstone_has_moved(rows: RequestTable, partition: str, place: str) -> bool:
    """Return whether a thread's tombstone has moved out of the listings. This takes one read."""
    return await rows.get(partition, DELETED + place, fresh=True) is not None


def known_missing(rows: RequestTable, user: str, thread_id: str, now: float) -> bool:
    """Return whether this request knows that the thread does not exist. This reads no row."""
    known = _known_row(rows, user, thread_id)
    is_missing = known is not None and not (known.row and is_live(known.row, now))
    return is_missing or thread_id in rows.deleted


def known_deleted(rows: RequestTable, user: str, thread_id: str) -> bool:
    """Return whether this request knows that the thread was deleted. This reads no row.

    A thread that the request has read or stored, and that is now missing, was deleted.
    """
    known = _known_row(rows, user, thread_id)
    if known is None:
        return thread_id in rows.deleted
    is_deleted = "deleted" in known.row if known.row else thread_id in rows.threads
    return is_deleted or thread_id in rows.deleted


def refuse_missing(rows: RequestTable, user: str, thread_id: str, now: float) -> None:
    """Raise `NotFoundError` if this request knows that the thread does not exist."""
    if known_missing(rows, user, thread_id, now):
        raise not_found("Thread", thread_id)


def not_found(kind: str, missing_id: str) -> NotFoundError:
    return NotFoundError(f"{kind} {missing_id} not found")


def _known_row(rows: RequestTable, user: str, thread_id: str) -> Known | None:
    """Return what the request knows of a thread's row; None if it knows nothing."""
    partition = user_partition(user)
    place = minted_place(thread_id)
    if place is None:
        pointer = rows.known(partition, pointer_sort(thread_id))
        if pointer is None:
            return None
        place = place_in(pointer.row)
    return rows.known(partition, THREAD + place) if place else Known(None)
