"""What the model is given of earlier turns: one row a turn, in the model's own format."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chat_api.context import ChatContext
from chat_api.store.bodies import Bodies, size, unshared
from chat_api.store.calls import together
from chat_api.store.keys import TRANSCRIPT, object_folder, thread_partition
from chat_api.store.pages import read_stored
from chat_api.store.places import find_place
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import alive, passed_over
from chat_api.store.table import Table
from chat_api.store.threads import is_live, known_gone, not_found, refuse_gone
from chatcore.calls import to_its_end

if TYPE_CHECKING:
    from chat_api.store.rows import Row

PAGE = 20


class Transcript:
    """The turns of a thread as the model saw them, tool calls and their results included.

    A turn's row stands under the place of the user message that began it, so a turn that is made
    again replaces itself, and a deleted message takes its turn along.
    """

    def __init__(
        self,
        table: Table,
        bodies: Bodies,
        *,
        retention_seconds: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._bodies = bodies
        self._retention = retention_seconds
        self._now = now

    @to_its_end
    async def save(
        self, thread_id: str, message_id: str, turn: list[Any], context: ChatContext
    ) -> None:
        """Keep a turn, which began with that user message; `TooLarge` for more than 5 MB of it."""
        rows = RequestTable(self._table, context.reads)
        refuse_gone(rows, context.user, thread_id, self._now())
        until = self._now() + self._retention
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, message_id)
        if place is None:
            raise not_found("Item", message_id)
        folder = object_folder(context.user, thread_id, TRANSCRIPT + place)
        new = await self._bodies.row(partition, TRANSCRIPT + place, folder, json.dumps(turn), until)
        await self._bodies.discard(unshared(await rows.put(new), new))

    async def before(
        self, thread_id: str, message_id: str, budget: int, context: ChatContext
    ) -> list[Any]:
        """The newest whole turns before that message, oldest first, of at most `budget` bytes."""
        rows = RequestTable(self._table, context.reads)
        if known_gone(rows, context.user, thread_id, self._now()):
            return []
        partition = thread_partition(context.user, thread_id)
        live, stored = await together(
            is_live(rows, context.user, thread_id, self._now()),
            self._newest(rows, partition, message_id, budget),
        )
        if not live:
            return []
        turns = await read_stored(rows, self._bodies, stored, _turn)
        return [item for turn in reversed(turns) for item in turn]

    async def _newest(
        self, rows: RequestTable, partition: str, message_id: str, budget: int
    ) -> list[Row]:
        """The rows of the newest turns before a message, the newest first."""
        place = await find_place(rows, partition, message_id)
        after = place and TRANSCRIPT + place
        newest: list[Row] = []
        while after is not None:
            found, after = await self._table.query(
                partition, TRANSCRIPT, after=after, newest_first=True, limit=PAGE
            )
            for stored in found:
                length = _length(stored, self._now())
                if length is None:
                    continue
                budget -= length
                if budget < 0:
                    return newest
                newest.append(stored)
        return newest


def _length(stored: Row, now: float) -> int | None:
    """Bytes of a turn that is to be seen, or None."""
    if alive(stored, now):
        with passed_over(stored):
            return size(stored)
    return None


def _turn(text: bytes) -> list[Any]:
    turn = json.loads(text)
    if not isinstance(turn, list):
        raise ValueError("A turn is a list")
    return turn
