"""What a turn has said so far, for whoever opens its thread while it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import AssistantMessageContent, AssistantMessageItem
from pydantic import TypeAdapter

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import together
from chat_api.store.keys import TURN, encoded, thread_partition
from chat_api.store.pages import read_rows
from chat_api.store.presence import is_live, known_gone, refuse_gone
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import alive, row
from chat_api.store.table import ThreadsTable
from chatcore.shielded import run_to_completion


@dataclass(frozen=True)
class Snapshot:
    """Times are in seconds since 1970. A turn whose lease is over is not running any more.

    `text` is the beginning of the message that is going to be stored as `item_id`.
    """

    turn_id: str
    text: str
    created_at: float
    lease_until: float
    item_id: str = ""

    def item(self, thread_id: str) -> AssistantMessageItem:
        """The text so far as the widget is shown it, under an id that no stored item has."""
        return AssistantMessageItem(
            id=f"running_{self.item_id or self.turn_id}",
            thread_id=thread_id,
            created_at=datetime.fromtimestamp(self.created_at, UTC),
            content=[AssistantMessageContent(text=self.text)],
        )


_TURN = TypeAdapter(Snapshot)
# A running turn is among the newest of its thread: the gate lets none in beside it.
NEWEST_TURNS = 10


class Snapshots:
    """A row for each turn, so that no turn touches another's."""

    def __init__(self, table: ThreadsTable, *, now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = now

    @run_to_completion
    async def write(self, thread_id: str, turn: Snapshot, context: RequestContext) -> None:
        rows = RequestTable(self._table, context.cache)
        refuse_gone(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        json = _TURN.dump_json(turn).decode()
        await rows.put(row(partition, _sort(turn.turn_id), json, math.ceil(turn.lease_until)))

    async def read(self, thread_id: str, context: RequestContext) -> Snapshot | None:
        """The turn that runs in a thread, the newest if there are several, or None."""
        rows, now = RequestTable(self._table, context.cache), self._now()
        if known_gone(rows, context.user, thread_id, now):
            return None
        partition = thread_partition(context.user, thread_id)
        live, (found, _) = await together(
            is_live(rows, context.user, thread_id, now),
            self._table.query(partition, TURN, after=None, newest_first=True, limit=NEWEST_TURNS),
        )
        turns = await read_rows([each for each in found if alive(each, now)], _TURN.validate_json)
        running = [turn for turn in turns if live and turn.lease_until > now]
        return max(running, key=lambda turn: turn.created_at, default=None)

    @run_to_completion
    async def clear(self, thread_id: str, turn_id: str, context: RequestContext) -> None:
        rows = RequestTable(self._table, context.cache)
        await rows.delete(thread_partition(context.user, thread_id), [_sort(turn_id)])


def _sort(turn_id: str) -> str:
    return TURN + encoded(turn_id)
