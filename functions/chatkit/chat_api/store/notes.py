"""Notes for the model of what a person did between two turns: one row for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chat_api.model.input.hidden_context import hidden_message as hidden
from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.keys import ITEM, TRANSCRIPT, note_place, thread_partition
from chat_api.store.presence import is_live, not_found, refuse_gone
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import body, dump_turn, passed_over, read_turn, row
from chat_api.store.table import RowExists, RowMissing, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The newest ones are kept. A note is a sentence.
MOST_NOTES = 20
OLDER = hidden(
    "The user pressed more buttons before these. Use the tools to see what there is now."
)
# Another try follows only when somebody else's write came in between.
TRIES = 10


class Notes:
    """A note's row stands in the transcript, behind the newest item of the thread.

    So it comes after the turn before it and before the next one. Notes that follow the same item
    share a row.
    """

    def __init__(
        self, table: ThreadsTable, *, retention_seconds: int, now: Callable[[], float]
    ) -> None:
        self._table = table
        self._retention = retention_seconds
        self._now = now

    async def add(self, thread_id: str, text: str, context: RequestContext) -> None:
        """Note something for the model's next turn.

        Raises `NotFoundError`, and leaves nothing, when the thread is deleted meanwhile.
        """
        rows = RequestTable(self._table, context.cache)
        refuse_gone(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        newest, _ = await self._table.query(
            partition, ITEM, after=None, newest_first=True, limit=1, keys_only=True
        )
        if not newest:
            raise not_found("Thread", thread_id)
        sort = TRANSCRIPT + note_place(newest[0]["sk"]["S"].removeprefix(ITEM))
        await self._merge(rows, partition, sort, hidden(text))
        if not await is_live(
            RequestTable(self._table, RequestCache()), context.user, thread_id, self._now()
        ):
            # A deletion buries the thread first. Its look for rows may have come before this one.
            await rows.delete(partition, [sort])
            raise not_found("Thread", thread_id)

    async def _merge(self, rows: RequestTable, partition: str, sort: str, note: Any) -> None:
        stored: Row | None = None
        for _ in range(TRIES):
            notes = merged(_read(stored), note)
            new = row(partition, sort, dump_turn(notes), self._now() + self._retention)
            try:
                if stored is None:
                    await rows.put_new(new, self._now())
                else:
                    await rows.put_over(new, stored)
            except RowExists as existing:
                stored = existing.row
            except RowMissing:
                stored = None
            else:
                return
        raise StoreUnavailable


def merged(notes: list[Any], note: Any) -> list[Any]:
    """Return the notes with a new one: each once, the latest last, of bounded number."""
    kept = [each for each in notes if each not in (note, OLDER)] + [note]
    cut = len(kept) > MOST_NOTES or OLDER in notes
    return [*([OLDER] if cut else []), *kept[-MOST_NOTES:]]


def _read(stored: Row | None) -> list[Any]:
    if stored is not None:
        with passed_over(stored):
            return read_turn(body(stored))
    return []
