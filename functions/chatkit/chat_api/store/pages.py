"""Pages of rows: expired and unreadable ones are passed over and never end a page early."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat_api.store.rows import body, expiry
from chat_api.store.table import Table
from chatcore.logs import described, logger

if TYPE_CHECKING:
    from chat_api.store.rows import Row


@dataclass(frozen=True)
class Listing:
    """What to list: rows of a partition whose sort key has the prefix and stands after `after`."""

    partition: str
    prefix: str
    after: str | None
    newest_first: bool
    limit: int


async def load_page[T](
    table: Table, listing: Listing, read: Callable[[bytes], T], now: float
) -> tuple[list[T], bool]:
    """Up to `limit` live rows, read; and whether there are more."""
    found: list[T] = []
    after = listing.after
    while True:
        rows, after = await table.query(
            listing.partition,
            listing.prefix,
            after=after,
            newest_first=listing.newest_first,
            limit=listing.limit + 1 - len(found),
        )
        found += [value for row in rows if (value := live(row, read, now)) is not None]
        if len(found) > listing.limit or after is None:
            return found[: listing.limit], len(found) > listing.limit


def live[T](row: Row, read: Callable[[bytes], T], now: float) -> T | None:
    """The row's value, or None when it has expired, is a tombstone or cannot be read."""
    try:
        if expiry(row) <= now or "deleted" in row:
            return None
        return read(body(row))
    except (KeyError, ValueError, zlib.error) as error:
        logger.error("row_unreadable", sort_key=row["sk"]["S"], **described(error))
        return None
