"""Pages of rows: what is passed over never ends a page early, and costs few requests."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chat_api.store.aws_calls import all_of
from chat_api.store.blobs import Blobs, BodyMissing, size
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import UNREADABLE, alive, body, object_of, passed_over

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# Rows that the second request asks for at least; each later one asks for four times as many.
FURTHER_ROWS = 8
# No row is smaller than 100 bytes, and a query ends after 1 MB whatever it asks for.
MOST_ROWS = 10_000

type Sized[T] = tuple[T, int]


class Listing(Protocol):
    """Rows after a sort key, and where to go on."""

    def __call__(
        self, *, after: str | None, newest_first: bool, limit: int
    ) -> Awaitable[tuple[list[Row], str | None]]: ...


@dataclass(frozen=True)
class Most:
    """What a page holds at most. A value of more bytes than that makes a page of its own."""

    values: int
    json_bytes: float = math.inf

    def fitting[T](self, found: list[Sized[T]]) -> int:
        """How many of the values fit into one page."""
        used = 0
        for count, (_, length) in enumerate(found[: self.values]):
            used += length
            if count and used > self.json_bytes:
                return count
        return min(len(found), self.values)

    def next_rows[T](self, rows: list[Row], found: list[Sized[T]]) -> list[Row]:
        """The rows to read next: as many as fit, and the one that shows that no more do."""
        if self.json_bytes == math.inf:
            return rows
        room = self.json_bytes - sum(length for _, length in found)
        for count, stored in enumerate(rows, 1):
            # A row that cannot be read takes no room.
            with suppress(*UNREADABLE):
                room -= size(stored)
            if room < 0:
                return rows[:count]
        return rows


async def load_page[T](
    listing: Listing,
    read: Callable[[list[Row]], Awaitable[list[Sized[T]]]],
    *,
    after: str | None,
    newest_first: bool,
    most: Most,
    now: float,
) -> tuple[list[T], bool]:
    """Return the values of a page, and whether there are more after them.

    `read` returns the values of live rows; it may leave some out. The page is empty only when
    nothing is left. A long run of rows that are passed over is read in ever longer queries, up to
    the 1 MB that DynamoDB reads in one.
    """
    found: list[Sized[T]] = []
    asked, seen, further = most.values + 1, 0, FURTHER_ROWS
    while True:
        rows, after = await listing(after=after, newest_first=newest_first, limit=asked)
        live = [row for row in rows if alive(row, now)]
        while live and most.fitting(found) == len(found):
            batch = most.next_rows(live, found)
            found += await read(batch)
            live = live[len(batch) :]
        fitting = most.fitting(found)
        if fitting < len(found) or after is None:
            return [value for value, _ in found[:fitting]], fitting < len(found)
        seen += len(rows)
        # As many as are needed if the share of those that count stays what it was.
        missing = (most.values + 1 - len(found)) * seen // max(1, len(found)) + 1
        asked = min(max(missing, further), MOST_ROWS)
        further *= 4


def sized[T](read: Callable[[bytes], T]) -> Callable[[bytes], Sized[T]]:
    """Let a value be read together with the length of its JSON."""
    return lambda json: (read(json), len(json))


async def read_rows[T](rows: list[Row], read: Callable[[bytes], T]) -> list[T]:
    """What the rows' bodies hold, but for those that cannot be read."""
    found: list[T] = []
    for stored in rows:
        with passed_over(stored):
            found.append(read(body(stored)))
    return found


async def read_stored[T](
    table: RequestTable, bodies: Blobs, rows: list[Row], read: Callable[[bytes], T]
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


async def _json(table: RequestTable, bodies: Blobs, stored: Row) -> bytes | None:
    """The JSON of a row, or None when it is gone."""
    try:
        return await bodies.json(stored, table.bodies)
    except BodyMissing:
        # Perhaps the row was saved again, or deleted, since it was read.
        newer = await table.get_now(stored["pk"]["S"], stored["sk"]["S"])
        return None if newer is None else await bodies.json(newer, table.bodies)
