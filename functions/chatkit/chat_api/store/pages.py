"""Pages of rows: rows that are left out neither end a page early nor cost many requests."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chat_api.store.aws_calls import gather_all
from chat_api.store.blobs import BlobMissing, Blobs, size
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import UNREADABLE, body, is_live, object_name, skip_unreadable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The second request asks for at least this many rows; each later one for four times as many.
FURTHER_ROWS = 8
# No row is smaller than 100 bytes, and a query ends after 1 MB, whatever its limit.
MOST_ROWS = 10_000

# A value, and the bytes of its JSON.
type Sized[T] = tuple[T, int]


class Query(Protocol):
    """Returns the rows after a sort key, and where to continue."""

    def __call__(
        self, *, after: str | None, newest_first: bool, limit: int
    ) -> Awaitable[tuple[list[Row], str | None]]: ...


@dataclass(frozen=True)
class PageLimit:
    """What a page holds at most. A value with more bytes than that is a page of its own."""

    values: int
    json_bytes: float = math.inf

    def fitting[T](self, found: list[Sized[T]]) -> int:
        """Return how many of the values fit into one page."""
        used = 0
        for count, (_, length) in enumerate(found[: self.values]):
            used += length
            if count and used > self.json_bytes:
                return count
        return min(len(found), self.values)

    def next_rows[T](self, rows: list[Row], found: list[Sized[T]]) -> list[Row]:
        """Return the rows to read next: those that fit, and one that shows that no more do."""
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
    query: Query,
    read: Callable[[list[Row]], Awaitable[list[Sized[T]]]],
    *,
    after: str | None,
    newest_first: bool,
    limit: PageLimit,
    now: float,
) -> tuple[list[T], bool]:
    """Return the values of a page, and whether more follow.

    `read` returns the values of live rows; it may leave some out. The page is empty only when no
    value is left. A long run of rows that are left out is read in ever longer queries, up to the
    1 MB that DynamoDB reads in one.
    """
    found: list[Sized[T]] = []
    asked, seen, further = limit.values + 1, 0, FURTHER_ROWS
    while True:
        rows, after = await query(after=after, newest_first=newest_first, limit=asked)
        live = [row for row in rows if is_live(row, now)]
        while live and limit.fitting(found) == len(found):
            batch = limit.next_rows(live, found)
            found += await read(batch)
            live = live[len(batch) :]
        fitting = limit.fitting(found)
        if fitting < len(found) or after is None:
            return [value for value, _ in found[:fitting]], fitting < len(found)
        seen += len(rows)
        # As many as are needed if the share of rows that count stays the same.
        missing = (limit.values + 1 - len(found)) * seen // max(1, len(found)) + 1
        asked = min(max(missing, further), MOST_ROWS)
        further *= 4


def with_size[T](read: Callable[[bytes], T]) -> Callable[[bytes], Sized[T]]:
    """Return a function that reads a value and returns it with the bytes of its JSON."""
    return lambda json: (read(json), len(json))


async def read_inline[T](rows: list[Row], read: Callable[[bytes], T]) -> list[T]:
    """Return the values in rows that hold their bodies themselves, without unreadable ones."""
    found: list[T] = []
    for stored in rows:
        with skip_unreadable(stored):
            found.append(read(body(stored)))
    return found


async def read_stored[T](
    table: RequestTable, blobs: Blobs, rows: list[Row], read: Callable[[bytes], T]
) -> list[T]:
    """Return the values of rows whose bodies may be in the bucket, without unreadable ones."""
    if not any(map(object_name, rows)):
        return await read_inline(rows, read)

    async def one(stored: Row) -> T | None:
        with skip_unreadable(stored):
            json = await _json(table, blobs, stored)
            return None if json is None else read(json)
        return None

    read_values = await gather_all(one(stored) for stored in rows)
    return [value for value in read_values if value is not None]


async def _json(table: RequestTable, blobs: Blobs, stored: Row) -> bytes | None:
    """Return the JSON of a row; None if the row was deleted meanwhile."""
    try:
        return await blobs.json(stored, table.blobs)
    except BlobMissing:
        # The row may have been saved again, or deleted, since it was read.
        newer = await table.get(stored["pk"]["S"], stored["sk"]["S"], fresh=True)
        return None if newer is None else await blobs.json(newer, table.blobs)
