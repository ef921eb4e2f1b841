"""Pages of rows: expired and unreadable ones are passed over and never end a page early."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from chat_api.store.bodies import Bodies, BodyMissing
from chat_api.store.calls import all_of
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import alive, body, object_of, passed_over

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# Of one request, once rows had to be passed over.
FURTHER_ROWS = 100


class Listing(Protocol):
    """Rows after a sort key, and where to go on."""

    def __call__(
        self, *, after: str | None, newest_first: bool, limit: int
    ) -> Awaitable[tuple[list[Row], str | None]]: ...


async def load_page[T](
    listing: Listing,
    read: Callable[[list[Row]], Awaitable[list[T]]],
    *,
    after: str | None,
    newest_first: bool,
    limit: int,
    now: float,
) -> tuple[list[T], bool]:
    """Up to `limit` live rows, read; and whether there are more."""
    found: list[T] = []
    asked = limit + 1
    while True:
        rows, after = await listing(after=after, newest_first=newest_first, limit=asked)
        live = await read([row for row in rows if alive(row, now)])
        found += live
        if len(found) > limit or after is None:
            return found[:limit], len(found) > limit
        asked = limit + 1 - len(found)
        if len(live) < len(rows):
            asked = max(asked, FURTHER_ROWS)


async def read_rows[T](rows: list[Row], read: Callable[[bytes], T]) -> list[T]:
    """What the rows' bodies hold, but for those that cannot be read."""
    found: list[T] = []
    for stored in rows:
        with passed_over(stored):
            found.append(read(body(stored)))
    return found


async def read_stored[T](
    table: RequestTable, bodies: Bodies, rows: list[Row], read: Callable[[bytes], T]
) -> list[T]:
    """As `read_rows`, of rows whose bodies may be in the bucket."""
    if not any(map(object_of, rows)):
        return await read_rows(rows, read)

    async def one(stored: Row) -> T | None:
        with passed_over(stored):
            json = await _json(table, bodies, stored)
            return None if json is None else read(json)
        return None

    read_values = await all_of(one(stored) for stored in rows)
    return [value for value in read_values if value is not None]


async def _json(table: RequestTable, bodies: Bodies, stored: Row) -> bytes | None:
    """The JSON of a row, or None when it is gone."""
    try:
        return await bodies.json(stored, table.bodies)
    except BodyMissing:
        # Perhaps the row was saved again, or deleted, since it was read.
        newer = await table.get_now(stored["pk"]["S"], stored["sk"]["S"])
        return None if newer is None else await bodies.json(newer, table.bodies)
