"""The table as one request sees it: what it has read or written it need not read again."""

from __future__ import annotations

from collections.abc import Container
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from chat_api.request_cache import Partition, RequestCache
from chat_api.store.keys import ITEM
from chat_api.store.rows import alive, key, object_of
from chat_api.store.table import RowExists, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row


class Known(NamedTuple):
    """What a request knows of a row: None when it is not there."""

    row: Row | None


class RequestTable:
    """Answers from what the request knows, where that is proof; each other call is one request."""

    def __init__(self, table: ThreadsTable, cache: RequestCache) -> None:
        self._table = table
        self._cache = cache

    @property
    def bodies(self) -> dict[str, bytes]:
        return self._cache.bodies

    @property
    def threads(self) -> Container[str]:
        """The ids of the threads that this request has read or stored."""
        return self._cache.threads

    @property
    def gone(self) -> set[str]:
        return self._cache.gone

    def objects(self, partition: str) -> set[str]:
        """The names of bodies that this request has put for rows of the partition."""
        return self._cache.partitions[partition].objects

    def known(self, partition: str, sort: str) -> Known | None:
        rows = self._cache.partitions[partition].rows
        return Known(rows[sort]) if sort in rows else None

    async def get(self, partition: str, sort: str) -> Row | None:
        known = self.known(partition, sort)
        return known.row if known else await self.get_now(partition, sort)

    async def get_now(self, partition: str, sort: str) -> Row | None:
        """As the table has it, whatever the request knows."""
        knowledge = self._cache.partitions[partition]
        version = knowledge.version
        row = await self._table.get(partition, sort)
        if knowledge.version == version:
            knowledge.rows[sort] = row
        return row

    async def put(self, row: Row) -> Row | None:
        with self._writing(row) as written:
            replaced = await self._table.put(row)
            written[row["sk"]["S"]] = row
        return replaced

    async def put_new(self, row: Row, now: float) -> None:
        known = self.known(row["pk"]["S"], row["sk"]["S"])
        if known and known.row and alive(known.row, now):
            raise RowExists(known.row)
        with self._writing(row) as written:
            await self._table.put_new(row, now)
            written[row["sk"]["S"]] = row

    async def put_unless(self, row: Row, attribute: str) -> None:
        with self._writing(row) as written:
            await self._table.put_unless(row, attribute)
            written[row["sk"]["S"]] = row

    async def put_over(self, row: Row, old: Row) -> None:
        with self._writing(row) as written:
            await self._table.put_over(row, old)
            written[row["sk"]["S"]] = row

    async def update(
        self,
        partition: str,
        sort: str,
        values: Row,
        *,
        remove: str | None = None,
        unless: str | None = None,
    ) -> Row:
        with self._cache.partitions[partition].writing(sort) as written:
            row = await self._table.update(partition, sort, values, remove=remove, unless=unless)
            written[sort] = row
        return row

    async def settle(self, partition: str, sort: str, once: Row, values: Row) -> Row | None:
        with self._cache.partitions[partition].writing(sort) as written:
            before = await self._table.settle(partition, sort, once, values)
            written[sort] = key(partition, sort) | once | (before or {}) | values
        return before

    async def items(
        self, partition: str, *, after: str | None, newest_first: bool, limit: int
    ) -> tuple[list[Row], str | None]:
        """As `ThreadsTable.query`; the newest items that the request knows are not read again."""
        knowledge = self._cache.partitions[partition]
        known = _listed(knowledge, after=after, newest_first=newest_first, limit=limit)
        if known is not None:
            return known
        version = knowledge.version
        rows, more = await self._table.query(
            partition, ITEM, after=after, newest_first=newest_first, limit=limit
        )
        if knowledge.version == version:
            knowledge.rows |= {row["sk"]["S"]: row for row in rows}
            _lower_floor(knowledge, after=after, newest_first=newest_first, more=more)
        return rows, more

    async def put_all(self, partition: str, rows: list[Row]) -> None:
        sorts = [row["sk"]["S"] for row in rows]
        self._note_objects(*rows)
        with self._cache.partitions[partition].writing(*sorts) as written:
            await self._table.put_all(rows)
            written |= dict(zip(sorts, rows, strict=True))

    async def delete(self, partition: str, sorts: list[str], put: Row | None = None) -> None:
        """Delete rows, and put one after them, in as few batches as hold them."""
        new: dict[str, Row | None] = {put["sk"]["S"]: put} if put else {}
        self._note_objects(put)
        with self._cache.partitions[partition].writing(*sorts, *new) as written:
            await self._table.delete_all(partition, sorts, put)
            written |= dict.fromkeys(sorts) | new

    def _writing(self, row: Row) -> AbstractContextManager[dict[str, Row | None]]:
        self._note_objects(row)
        return self._cache.partitions[row["pk"]["S"]].writing(row["sk"]["S"])

    def _note_objects(self, *rows: Row | None) -> None:
        for row in rows:
            if row and (name := object_of(row)):
                self.objects(row["pk"]["S"]).add(name)


def _listed(
    knowledge: Partition, *, after: str | None, newest_first: bool, limit: int
) -> tuple[list[Row], str | None] | None:
    """As much of a listing as is known for certain, and where to go on; None for nothing."""
    floor = knowledge.floor
    if floor is None or (floor and not newest_first and (after is None or after < floor)):
        return None
    rows = [
        row
        for sort, row in sorted(knowledge.rows.items(), reverse=newest_first)
        if row is not None
        and sort.startswith(ITEM)
        and sort >= floor
        and (after is None or (sort < after if newest_first else sort > after))
    ]
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1]["sk"]["S"]
    if not floor or not newest_first:
        return rows, None
    return (rows, floor) if rows else None


def _lower_floor(
    knowledge: Partition, *, after: str | None, newest_first: bool, more: str | None
) -> None:
    """Note that a listing has just been read, from `after` up to `more` or the end."""
    if not newest_first:
        if more is None:
            # All that stands after `after`, which itself need not be known.
            floor = "" if after is None else after + "\0"
            knowledge.floor = floor if knowledge.floor is None else min(floor, knowledge.floor)
    elif after is None or (knowledge.floor is not None and after >= knowledge.floor):
        knowledge.floor = more or ""
