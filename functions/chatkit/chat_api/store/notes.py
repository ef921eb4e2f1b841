"""Notes for the model about what the user did between two turns, in one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat_api.model.input.hidden_context import hidden_message as hidden
from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.existence import not_found, refuse_missing, thread_exists
from chat_api.store.keys import ITEM, TRANSCRIPT, note_place, thread_partition
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import body, dump_turn, new_row, read_turn, skip_unreadable
from chat_api.store.store_part import StorePart
from chat_api.store.table import RowExists, RowMissing
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from agents.items import TResponseInputItem

    from chat_api.store.rows import Row

# The newest notes are kept. A note is a sentence.
MOST_NOTES = 20
OLDER_NOTES = hidden(
    "The user pressed more buttons before these. Use the tools to see the present state."
)
# Another try follows only when another request has written the row in between.
TRIES = 10


class NoteRows(StorePart):
    """A note's row is in the transcript, after the newest item of the thread.

    So it is between the last turn and the next one. Notes after the same item share a row.
    """

    @run_to_completion
    async def add_note(self, thread_id: str, text: str, context: RequestContext) -> None:
        """Add a note for the model's next turn.

        Raise `NotFoundError`, and leave nothing, when the thread is deleted meanwhile.
        """
        rows = self._rows(context)
        refuse_missing(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        newest, _ = await self._table.query(
            partition, ITEM, after=None, newest_first=True, limit=1, keys_only=True
        )
        if not newest:
            raise not_found("Thread", thread_id)
        sort = TRANSCRIPT + note_place(newest[0]["sk"]["S"].removeprefix(ITEM))
        await self._merge_note(rows, partition, sort, hidden(text))
        afresh = RequestTable(self._table, RequestCache())
        if not await thread_exists(afresh, context.user, thread_id, self._now()):
            # A deletion hides the thread first. It may have listed its rows before this one.
            await rows.delete(partition, [sort])
            raise not_found("Thread", thread_id)

    async def _merge_note(
        self, rows: RequestTable, partition: str, sort: str, note: TResponseInputItem
    ) -> None:
        stored: Row | None = None
        for _ in range(TRIES):
            notes = merged(_notes(stored), note)
            new = new_row(partition, sort, dump_turn(notes), self._retention.until())
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


def merged(notes: list[TResponseInputItem], note: TResponseInputItem) -> list[TResponseInputItem]:
    """Return the notes with a new one at the end. Each occurs once, and at most 20 are kept."""
    kept = [each for each in notes if each not in (note, OLDER_NOTES)] + [note]
    cut = len(kept) > MOST_NOTES or OLDER_NOTES in notes
    return [*([OLDER_NOTES] if cut else []), *kept[-MOST_NOTES:]]


def _notes(stored: Row | None) -> list[TResponseInputItem]:
    if stored is not None:
        with skip_unreadable(stored):
            return read_turn(body(stored))
    return []
