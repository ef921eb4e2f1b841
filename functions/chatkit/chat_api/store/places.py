"""Where an id stands: a minted one says it itself, of any other a pointer row tells.

The pointer is written before what it points to. A crash between the two leaves a pointer to
nothing, which is nothing; the retry finds it and goes on from there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chat_api.store.keys import POINTER, encoded, foreign_place, minted_place
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import DAY, alive, expiry, keyed

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# A pointer lives this much longer than its row, so it need not be renewed with every save.
SPARE_SECONDS = DAY


def pointer_sort(some_id: str) -> str:
    return POINTER + encoded(some_id)


def place_in(pointer: Row | None) -> str | None:
    return pointer["place"].get("S") if pointer and "place" in pointer else None


async def find_place(rows: RequestTable, partition: str, some_id: str) -> str | None:
    """The place of an id, or None for one that nothing was ever stored under."""
    place = minted_place(some_id)
    return place or place_in(await rows.get(partition, pointer_sort(some_id)))


async def settle_place(
    rows: RequestTable,
    partition: str,
    some_id: str,
    created_at: datetime,
    *,
    now: float,
    until: float,
) -> str:
    """The place of an id that is to be stored now, for good: a later save does not move it.

    `until` is when the row that it is for expires.
    """
    if place := minted_place(some_id):
        return place
    sort = pointer_sort(some_id)
    known = rows.known(partition, sort)
    if known and (place := _held(known.row, now)) and known.row and expiry(known.row) >= until:
        return place
    place = foreign_place(some_id, created_at)
    pointer = keyed(partition, sort, until + SPARE_SECONDS) | {"place": {"S": place}}
    before = await rows.settle(
        partition, sort, {"place": pointer["place"]}, {"expires_at": pointer["expires_at"]}
    )
    if not place_in(before):
        return place
    if held := _held(before, now):
        return held
    await rows.put(pointer)
    return place


async def free_place(rows: RequestTable, partition: str, some_id: str) -> None:
    """Let an id whose row was deleted be stored anew elsewhere; until then its place is known.

    A page that ended with it can so still be followed by the next.
    """
    pointer = await rows.get(partition, pointer_sort(some_id))
    if pointer and "free" not in pointer:
        await rows.put(pointer | {"free": {"BOOL": True}})


def _held(pointer: Row | None, now: float) -> str | None:
    """The place that a pointer still holds."""
    held = pointer and "free" not in pointer and alive(pointer, now)
    return place_in(pointer) if held else None
