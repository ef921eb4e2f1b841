"""What a turn has said so far, for whoever opens its thread while it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import AssistantMessageContent, AssistantMessageItem
from pydantic import TypeAdapter

from chat_api.context import ChatContext
from chat_api.store.calls import together
from chat_api.store.keys import TURN, encoded, thread_partition
from chat_api.store.pages import read_rows
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import alive, row
from chat_api.store.table import Table
from chat_api.store.threads import is_live, known_gone, refuse_gone
from chatcore.calls import to_its_end


@dataclass(frozen=True)
class RunningTurn:
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


_TURN = TypeAdapter(RunningTurn)
# A running turn is among the newest of its thread: the gate lets none in beside it.
NEWEST_TURNS = 10


class RunningTurns:
    """A row for each turn, so that no turn touches another's."""

    def __init__(self, table: Table, *, now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = now

    @to_its_end
    async def write(self, thread_id: str, turn: RunningTurn, context: ChatContext) -> None:
        rows = RequestTable(self._table, context.reads)
        refuse_gone(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        json = _TURN.dump_json(turn).decode()
        await rows.put(row(partition, _sort(turn.turn_id), json, math.ceil(turn.lease_until)))

    async def read(self, thread_id: str, context: ChatContext) -> RunningTurn | None:
        """The turn that runs in a thread, the newest if there are several, or None."""
        rows, now = RequestTable(self._table, context.reads), self._now()
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

    @to_its_end
    async def clear(self, thread_id: str, turn_id: str, context: ChatContext) -> None:
        rows = RequestTable(self._table, context.reads)
        await rows.delete(thread_partition(context.user, thread_id), [_sort(turn_id)])


def _sort(turn_id: str) -> str:
    return TURN + encoded(turn_id)
