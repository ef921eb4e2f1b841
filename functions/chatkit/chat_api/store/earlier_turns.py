"""What came before a message: the turns for the model, and the messages whose turns were lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from chatkit.types import ThreadItem, UserMessageItem

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import gather_both
from chat_api.store.blobs import size
from chat_api.store.existence import known_missing, thread_exists
from chat_api.store.keys import ITEM, TRANSCRIPT, is_note, thread_partition
from chat_api.store.pages import MOST_ROWS, read_stored
from chat_api.store.places import find_place
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import is_live, read_item, read_turn, skip_unreadable
from chat_api.store.waiting_turns import WaitingTurn, WaitingTurns, waits

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The turns in the first request; each further one asks for as many as the budget may hold.
PAGE = 25
MOST_OF_A_PAGE = 250
# The items in the first request; a turn rarely leaves more.
NEWEST_ITEMS = 8
# The newest items, among which messages whose turns were lost are looked for.
MOST_LOST = 50


@dataclass(frozen=True)
class Earlier:
    """What came before a message: the newest whole turns within the budget, oldest first.

    `over` is the turn before them, which exceeded the budget, and `complete` is False when there
    are older ones. `since` is what came after the newest turn: notes for the model, and the items
    of messages whose turns were not stored, because their environments died. `waiting` are turns
    that wait for the person; they are in none of the others, but their items are in `since`.
    """

    turns: list[Any]
    over: list[Any] = field(default_factory=list)
    complete: bool = True
    since: tuple[ThreadItem | list[Any], ...] = ()
    waiting: tuple[WaitingTurn, ...] = ()


class _Newest(NamedTuple):
    """The newest turns before a message.

    `place` is that of the newest one. `rows` are those within the budget, newest first, `over` is
    the one that exceeds it, and `complete` is False when there are older ones. `waiting` are those
    that wait, which count as none of these.
    """

    place: str | None
    rows: list[Row]
    over: list[Row]
    complete: bool
    waiting: list[Row]


class EarlierTurns(WaitingTurns):
    """Reads the transcript."""

    async def before(
        self, thread_id: str, message_id: str, budget: int, context: RequestContext
    ) -> Earlier:
        """Return what came before a message, with whole turns of at most `budget` bytes."""
        rows = self._rows(context)
        if known_missing(rows, context.user, thread_id, self._now()):
            return Earlier([])
        partition = thread_partition(context.user, thread_id)
        exists, place = await gather_both(
            thread_exists(rows, context.user, thread_id, self._now()),
            find_place(rows, partition, message_id),
        )
        if not exists or place is None:
            return Earlier([])
        newest, (items, more) = await gather_both(
            self._newest_turns(partition, place, budget),
            rows.items(partition, after=None, newest_first=True, limit=NEWEST_ITEMS),
        )
        items += await self._older_items(rows, partition, more, newest.place, len(items))
        notes = [*takewhile(lambda stored: is_note(stored["sk"]["S"]), newest.rows)]
        (turns, over), since = await gather_both(
            gather_both(
                read_stored(rows, self._blobs, newest.rows[len(notes) :], read_turn),
                read_stored(rows, self._blobs, newest.over, read_turn),
            ),
            self._since(rows, items, notes, newest.place, place),
        )
        whole = [item for turn in reversed(turns) for item in turn]
        waiting = await self._read_waiting(newest.waiting, context)
        return Earlier(whole, [*chain(*over)], newest.complete, tuple(since), tuple(waiting))

    async def _newest_turns(self, partition: str, place: str, budget: int) -> _Newest:
        """Return the newest turns before a place.

        Notes are among the rows but are no turns: one that is newer than a lost message must not
        hide it.
        """
        newest: str | None = None
        within: list[Row] = []
        waiting: list[Row] = []
        asked, used = PAGE, 0
        after: str | None = TRANSCRIPT + place
        while after is not None:
            found, after = await self._table.query(
                partition, TRANSCRIPT, after=after, newest_first=True, limit=asked
            )
            before = len(within)
            for number, stored in enumerate(found, 1):
                if waits(stored):
                    waiting += [stored] if is_live(stored, self._now()) else []
                    continue
                if newest is None and not is_note(stored["sk"]["S"]):
                    newest = stored["sk"]["S"].removeprefix(TRANSCRIPT)
                length = _length(stored, self._now())
                if length is None:
                    continue
                used += length
                if used > budget:
                    complete = number == len(found) and after is None
                    return _Newest(newest, within, [stored], complete, waiting)
                within.append(stored)
            if len(within) == before:
                # All of these are expired, and as many more may be.
                asked = min(4 * asked, MOST_ROWS)
            else:
                # As many as fit if they are as long as those before.
                asked = min(MOST_OF_A_PAGE, 1 + (budget - used) * len(within) // max(1, used))
        return _Newest(newest, within, [], True, waiting)

    async def _older_items(
        self, rows: RequestTable, partition: str, after: str | None, newest: str | None, known: int
    ) -> list[Row]:
        """Return the items before `after`, back to the newest turn, or to `MOST_LOST` in all."""
        older: list[Row] = []
        while after and after > ITEM + (newest or "") and known + len(older) < MOST_LOST:
            limit = MOST_LOST - known - len(older)
            found, after = await rows.items(partition, after=after, newest_first=True, limit=limit)
            older += found
        return older

    async def _since(
        self,
        rows: RequestTable,
        items: list[Row],
        notes: list[Row],
        newest: str | None,
        place: str,
    ) -> list[ThreadItem | list[Any]]:
        """Return what lies between the newest turn and the message, without the turn's own items.

        Only the newest items are considered.
        """
        low, high = ITEM + (newest or ""), ITEM + place
        between = [
            stored
            for stored in items
            if low < stored["sk"]["S"] < high and is_live(stored, self._now())
        ]
        in_order = sorted([*between, *notes], key=lambda stored: _place(stored))
        found = await read_stored(rows, self._blobs, in_order, _item_or_note)
        began = next(
            (at for at, each in enumerate(found) if isinstance(each, UserMessageItem)), len(found)
        )
        return [each for at, each in enumerate(found) if at >= began or isinstance(each, list)]


def _place(stored: Row) -> str:
    return stored["sk"]["S"].partition("#")[2]


def _length(stored: Row, now: float) -> int | None:
    """Return the bytes of a turn; None for one that is expired or unreadable."""
    if is_live(stored, now):
        with skip_unreadable(stored):
            return size(stored)
    return None


def _item_or_note(text: bytes) -> ThreadItem | list[Any]:
    """Return what a row holds: an item is an object, a note is a list."""
    return read_turn(text) if text.startswith(b"[") else read_item(text)
