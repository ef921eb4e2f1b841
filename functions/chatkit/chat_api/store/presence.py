"""Whether a thread is there: what a request asks, and what it knows already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatkit.store import NotFoundError

from chat_api.store.keys import DELETED, THREAD, minted_place, user_partition
from chat_api.store.places import find_place, place_in, pointer_sort
from chat_api.store.request_table import Known, RequestTable
from chat_api.store.rows import alive

if TYPE_CHECKING:
    from chat_api.store.rows import Row


async def find_row(table: RequestTable, user: str, thread_id: str) -> Row | None:
    """Return a thread's row, be it a tombstone; no request when this one has read or written it."""
    partition = user_partition(user)
    place = await find_place(table, partition, thread_id)
    return await table.get(partition, THREAD + place) if place else None


async def is_live(table: RequestTable, user: str, thread_id: str, now: float) -> bool:
    """Whether a thread is to be seen; no request when this request has read or written its row."""
    if thread_id in table.gone:
        return False
    stored = await find_row(table, user, thread_id)
    return stored is not None and alive(stored, now)


async def place_of(table: RequestTable, user: str, thread_id: str) -> str:
    """Return a thread's place. Raises `NotFoundError` for an id that never was stored."""
    place = await find_place(table, user_partition(user), thread_id)
    if place is None:
        raise not_found("Thread", thread_id)
    return place


async def has_moved(table: RequestTable, partition: str, place: str) -> bool:
    """Return whether a deleted thread's tombstone stands outside of the threads; one request."""
    return await table.get_now(partition, DELETED + place) is not None


def known_gone(table: RequestTable, user: str, thread_id: str, now: float) -> bool:
    """Whether this request has seen, or was told, that the thread is not there."""
    known = _known(table, user, thread_id)
    is_missing = known is not None and not (known.row and alive(known.row, now))
    return is_missing or thread_id in table.gone


def known_deleted(table: RequestTable, user: str, thread_id: str) -> bool:
    """Whether this request has seen, or was told, that the thread was deleted.

    A thread that it has read or stored, and that is missing now, was deleted.
    """
    known = _known(table, user, thread_id)
    if known is None:
        return thread_id in table.gone
    is_deleted = "deleted" in known.row if known.row else thread_id in table.threads
    return is_deleted or thread_id in table.gone


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
