"""Thumbs under items: one for each, the latest wins."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from chatkit.types import FeedbackKind
from pydantic import TypeAdapter

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import all_of, together
from chat_api.store.items import Items
from chat_api.store.keys import FEEDBACK, ITEM, thread_partition
from chat_api.store.pages import read_rows
from chat_api.store.places import find_place
from chat_api.store.presence import is_live, not_found
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import alive, row
from chat_api.store.table import ThreadsTable
from chat_api.store.tombstones import Tombstones

if TYPE_CHECKING:
    from chat_api.store.rows import Row

_KIND = TypeAdapter[FeedbackKind](FeedbackKind)


class Feedback:
    """A thumb expires its time of retention after it was given, and goes with its item."""

    def __init__(
        self,
        table: ThreadsTable,
        items: Items,
        tombstones: Tombstones,
        *,
        retention_seconds: int,
        now: Callable[[], float],
    ) -> None:
        self._table = table
        self._items = items
        self._tombstones = tombstones
        self._retention = retention_seconds
        self._now = now

    async def save(
        self, thread_id: str, item_ids: list[str], kind: FeedbackKind, context: RequestContext
    ) -> None:
        """Raises `NotFoundError`, and keeps nothing, unless each is in that thread.

        A deletion hides the thread before it deletes the rows. If the thread is still there after
        the write, any deletion of it also finds what was written. Otherwise that is deleted here.
        """
        rows = RequestTable(self._table, context.cache)
        until = self._now() + self._retention
        thumbs: dict[str, Row] = {}
        # The first of them also reads the thread's row, for all.
        for ids in (item_ids[:1], item_ids[1:]):
            finding = (self._items.find(rows, thread_id, each, context) for each in ids)
            for item in await all_of(finding):
                sort = FEEDBACK + item["sk"]["S"].removeprefix(ITEM)
                thumbs[sort] = row(item["pk"]["S"], sort, json.dumps(kind), until)
        partition = thread_partition(context.user, thread_id)
        await rows.put_all(partition, list(thumbs.values()))
        if await self._tombstones.is_gone(thread_id, context):
            await rows.delete(partition, list(thumbs))
            raise not_found("Thread", thread_id)

    async def load(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> FeedbackKind | None:
        rows = RequestTable(self._table, context.cache)
        partition = thread_partition(context.user, thread_id)
        live, stored = await together(
            is_live(rows, context.user, thread_id, self._now()),
            self._row(rows, partition, item_id),
        )
        seen = [stored] if live and stored and alive(stored, self._now()) else []
        kinds = await read_rows(seen, _KIND.validate_json)
        return kinds[0] if kinds else None

    async def _row(self, rows: RequestTable, partition: str, item_id: str) -> Row | None:
        place = await find_place(rows, partition, item_id)
        return await rows.get(partition, FEEDBACK + place) if place else None
