"""The table as one request sees it: a row that it has read or written is not read again."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from chat_api.request_cache import Partition, RequestCache
from chat_api.store.keys import ITEM
from chat_api.store.rows import is_live, key, object_name
from chat_api.store.table import RowExists, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row


class Known(NamedTuple):
    """What a request knows of a row: its content, or None if it does not exist."""

    row: Row | None


class RequestTable:
    """Answers from what the request is certain of. Any other call is one request to DynamoDB."""

    def __init__(self, table: ThreadsTable, cache: RequestCache) -> None:
        self._table = table
        self._partitions = cache.partitions
        self.blobs = cache.blobs
        self.threads = cache.threads
        self.deleted = cache.deleted

    def objects(self, partition: str) -> set[str]:
        """Return the names of the objects that this request has put for rows of a partition."""
        return self._partitions[partition].objects

    def known(self, partition: str, sort: str) -> Known | None:
        """Return what the request knows of a row; None if it knows nothing."""
        rows = self._partitions[partition].rows
        return Known(rows[sort]) if sort in rows else None

    async def get(self, partition: str, sort: str, *, fresh: bool = False) -> Row | None:
        """Return a row; `fresh` reads it from the table, whatever the request knows."""
        knowledge = self._partitions[partition]
        if sort in knowledge.rows and not fresh:
            return knowledge.rows[sort]
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
        if known and known.row and is_live(known.row, now):
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
        with self._partitions[partition].writing(sort) as written:
            row = await self._table.update(partition, sort, values, remove=remove, unless=unless)
            written[sort] = row
        return row

    async def upsert(self, partition: str, sort: str, values: Row, *, once: Row) -> Row | None:
        with self._partitions[partition].writing(sort) as written:
            before = await self._table.upsert(partition, sort, values, once=once)
            written[sort] = key(partition, sort) | once | (before or {}) | values
        return before

    async def items(
        self, partition: str, *, after: str | None, newest_first: bool, limit: int
    ) -> tuple[list[Row], str | None]:
        """Return items as `ThreadsTable.query` does, without reading known newest ones again."""
        knowledge = self._partitions[partition]
        known = _known_items(knowledge, after=after, newest_first=newest_first, limit=limit)
        if known is not None:
            return known
        version = knowledge.version
        rows, more = await self._table.query(
            partition, ITEM, after=after, newest_first=newest_first, limit=limit
        )
        if knowledge.version == version:
            knowledge.rows |= {row["sk"]["S"]: row for row in rows}
            _extend_knowledge(knowledge, after=after, newest_first=newest_first, more=more)
        return rows, more

    async def put_all(self, partition: str, rows: list[Row]) -> None:
        sorts = [row["sk"]["S"] for row in rows]
        self._note_objects(*rows)
        with self._partitions[partition].writing(*sorts) as written:
            await self._table.put_all(rows)
            written |= dict(zip(sorts, rows, strict=True))

    async def delete(self, partition: str, sorts: list[str], put: Row | None = None) -> None:
        """Delete rows, then put one, in as few batches as hold them."""
        new: dict[str, Row | None] = {put["sk"]["S"]: put} if put else {}
        self._note_objects(put)
        with self._partitions[partition].writing(*sorts, *new) as written:
            await self._table.delete_all(partition, sorts, put)
            written |= dict.fromkeys(sorts) | new

    def _writing(self, row: Row) -> AbstractContextManager[dict[str, Row | None]]:
        self._note_objects(row)
        return self._partitions[row["pk"]["S"]].writing(row["sk"]["S"])

    def _note_objects(self, *rows: Row | None) -> None:
        for row in rows:
            if row and (name := object_name(row)):
                self.objects(row["pk"]["S"]).add(name)


def _known_items(
    knowledge: Partition, *, after: str | None, newest_first: bool, limit: int
) -> tuple[list[Row], str | None] | None:
    """Return the known part of a listing, and where it continues; None if nothing is certain."""
    low = knowledge.known_from
    if low is None or (low and not newest_first and (after is None or after < low)):
        return None
    rows = [
        row
        for sort, row in sorted(knowledge.rows.items(), reverse=newest_first)
        if row is not None
        and sort.startswith(ITEM)
        and sort >= low
        and (after is None or (sort < after if newest_first else sort > after))
    ]
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1]["sk"]["S"]
    if not low or not newest_first:
        return rows, None
    return (rows, low) if rows else None


def _extend_knowledge(
    knowledge: Partition, *, after: str | None, newest_first: bool, more: str | None
) -> None:
    """Note that a listing was just read, from `after` to `more` or to the end."""
    low = knowledge.known_from
    if not newest_first:
        if more is None:
            # Everything after `after` is known, but `after` itself may not be.
            begin = "" if after is None else after + "\0"
            knowledge.known_from = begin if low is None else min(begin, low)
    elif after is None or (low is not None and after >= low):
        knowledge.known_from = more or ""
