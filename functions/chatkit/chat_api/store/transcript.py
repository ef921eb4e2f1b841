"""What the model is given of earlier turns: one row a turn, in the model's own format."""

import json
import time
from collections.abc import Callable
from typing import Any

from chat_api.context import ChatContext
from chat_api.store.keys import TRANSCRIPT, order_of, thread_partition
from chat_api.store.pages import live
from chat_api.store.rows import row
from chat_api.store.table import Table

PAGE = 20


class Transcript:
    """The turns of a thread as the model saw them, tool calls and their results included.

    A turn's row stands under the order of the user message that began it, so a turn that is made
    again replaces itself, and a deleted message takes its turn along.
    """

    def __init__(
        self, table: Table, *, retention_seconds: int, now: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._retention = retention_seconds
        self._now = now

    async def save(
        self, thread_id: str, message_id: str, turn: list[Any], context: ChatContext
    ) -> None:
        """Keep a turn, which began with that user message; `TooLarge` for one that fits no row."""
        partition = thread_partition(context.user, thread_id)
        expires_at = self._now() + self._retention
        sort = TRANSCRIPT + order_of("Item", message_id)
        await self._table.put(row(partition, sort, json.dumps(turn), expires_at))

    async def before(
        self, thread_id: str, message_id: str, budget: int, context: ChatContext
    ) -> list[Any]:
        """The newest whole turns before that message, oldest first, of at most `budget` bytes."""
        partition = thread_partition(context.user, thread_id)
        after: str | None = TRANSCRIPT + order_of("Item", message_id)
        turns: list[list[Any]] = []
        while after is not None:
            rows, after = await self._table.query(
                partition, TRANSCRIPT, after=after, newest_first=True, limit=PAGE
            )
            for stored in rows:
                text = live(stored, bytes, self._now())
                if text is None:
                    continue
                budget -= len(text)
                if budget < 0:
                    return _oldest_first(turns)
                turns.append(json.loads(text))
        return _oldest_first(turns)


def _oldest_first(turns: list[list[Any]]) -> list[Any]:
    return [item for turn in reversed(turns) for item in turn]
