"""The text so far of running turns, for anyone who opens a thread meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import AssistantMessageContent, AssistantMessageItem
from pydantic import TypeAdapter

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import gather_both
from chat_api.store.existence import known_missing, refuse_missing, thread_exists
from chat_api.store.keys import TURN, encoded, thread_partition
from chat_api.store.pages import read_inline
from chat_api.store.rows import is_live, new_row
from chat_api.store.store_part import StorePart
from chatcore.shielded import run_to_completion


@dataclass(frozen=True)
class Snapshot:
    """The text so far of a turn. Times are in seconds since 1970.

    A turn whose lease has ended is no longer running. `text` is the beginning of the message
    that will be stored as `item_id`.
    """

    turn_id: str
    text: str
    created_at: float
    lease_until: float
    item_id: str = ""

    def item(self, thread_id: str) -> AssistantMessageItem:
        """Return the text so far as an item for the widget, under an id that no stored item has."""
        return AssistantMessageItem(
            id=f"running_{self.item_id or self.turn_id}",
            thread_id=thread_id,
            created_at=datetime.fromtimestamp(self.created_at, UTC),
            content=[AssistantMessageContent(text=self.text)],
        )


_SNAPSHOT = TypeAdapter(Snapshot)
# A running turn is among the newest of its thread, because the gate admits no other beside it.
NEWEST_TURNS = 10


class Snapshots(StorePart):
    """Each turn has a row of its own, so that no turn changes another's."""

    @run_to_completion
    async def write(self, thread_id: str, snapshot: Snapshot, context: RequestContext) -> None:
        """Store a turn's text so far. Raise `NotFoundError` in a thread known to be missing."""
        rows = self._rows(context)
        refuse_missing(rows, context.user, thread_id, self._now())
        partition, sort = thread_partition(context.user, thread_id), _sort(snapshot.turn_id)
        json = _SNAPSHOT.dump_json(snapshot).decode()
        await rows.put(new_row(partition, sort, json, math.ceil(snapshot.lease_until)))

    async def read(self, thread_id: str, context: RequestContext) -> Snapshot | None:
        """Return the newest running turn of a thread; None if no turn is running."""
        rows, now = self._rows(context), self._now()
        if known_missing(rows, context.user, thread_id, now):
            return None
        partition = thread_partition(context.user, thread_id)
        exists, (found, _) = await gather_both(
            thread_exists(rows, context.user, thread_id, now),
            self._table.query(partition, TURN, after=None, newest_first=True, limit=NEWEST_TURNS),
        )
        live = [each for each in found if is_live(each, now)]
        snapshots = await read_inline(live, _SNAPSHOT.validate_json)
        running = [each for each in snapshots if exists and each.lease_until > now]
        return max(running, key=lambda snapshot: snapshot.created_at, default=None)

    @run_to_completion
    async def clear(self, thread_id: str, turn_id: str, context: RequestContext) -> None:
        """Delete a turn's text so far."""
        rows = self._rows(context)
        await rows.delete(thread_partition(context.user, thread_id), [_sort(turn_id)])


def _sort(turn_id: str) -> str:
    return TURN + encoded(turn_id)
