"""The place of an id: an id minted here contains it, a pointer row holds that of any other id.

The pointer is written before the row it points to. A crash between the two leaves a pointer to a
row that does not exist, which is harmless: a retry finds the pointer and continues from there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chat_api.store.keys import POINTER, encoded, foreign_place, minted_place
from chat_api.store.request_table import RequestTable
from chat_api.store.retention import DAY
from chat_api.store.rows import bare_row, expiry, is_live

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# A pointer lives this much longer than its row, so that not every save has to renew it.
SPARE_SECONDS = DAY


def pointer_sort(some_id: str) -> str:
    return POINTER + encoded(some_id)


def place_in(pointer: Row | None) -> str | None:
    return pointer["place"].get("S") if pointer and "place" in pointer else None


async def find_place(rows: RequestTable, partition: str, some_id: str) -> str | None:
    """Return the place of an id; None if nothing was ever stored under the id."""
    place = minted_place(some_id)
    return place or place_in(await rows.get(partition, pointer_sort(some_id)))


async def find_row(rows: RequestTable, partition: str, kind: str, some_id: str) -> Row | None:
    """Return the row of that kind at the place of an id, or None."""
    place = await find_place(rows, partition, some_id)
    return await rows.get(partition, kind + place) if place else None


async def assign_place(
    rows: RequestTable,
    partition: str,
    some_id: str,
    created_at: datetime,
    *,
    now: float,
    until: float,
) -> str:
    """Return the place for a row that is about to be stored. A later save does not move the row.

    `until` is when the row expires.
    """
    if place := minted_place(some_id):
        return place
    sort = pointer_sort(some_id)
    known = rows.known(partition, sort)
    if known and (place := _assigned(known.row, now)) and known.row and expiry(known.row) >= until:
        return place
    place = foreign_place(some_id, created_at)
    pointer = bare_row(partition, sort, until + SPARE_SECONDS) | {"place": {"S": place}}
    before = await rows.upsert(
        partition, sort, {"expires_at": pointer["expires_at"]}, once={"place": pointer["place"]}
    )
    if not place_in(before):
        return place
    if assigned := _assigned(before, now):
        return assigned
    await rows.put(pointer)
    return place


async def release_place(rows: RequestTable, partition: str, some_id: str) -> None:
    """Let the next save of a deleted row's id assign a new place.

    Until then the place stays known, so that a page that ended with the id can be continued.
    """
    pointer = await rows.get(partition, pointer_sort(some_id))
    if pointer and "free" not in pointer:
        await rows.put(pointer | {"free": {"BOOL": True}})


def _assigned(pointer: Row | None, now: float) -> str | None:
    """Return the place in a pointer; None if it is expired or released."""
    holds = pointer and "free" not in pointer and is_live(pointer, now)
    return place_in(pointer) if holds else None
