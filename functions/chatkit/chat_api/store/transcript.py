"""What the model is given of earlier turns: one row a turn, in the model's own format."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any

from chatkit.types import EndOfTurnItem, ThreadItem, UserMessageItem

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import together
from chat_api.store.blobs import Blobs, size, unshared
from chat_api.store.keys import ITEM, TRANSCRIPT, is_note, object_folder, thread_partition
from chat_api.store.pages import MOST_ROWS, read_stored
from chat_api.store.places import find_place, settle_place
from chat_api.store.presence import is_live, known_gone, not_found, refuse_gone
from chat_api.store.request_table import RequestTable
from chat_api.store.rewind import batches, keys_from
from chat_api.store.rows import alive, dump, dump_turn, passed_over, read_item, read_turn, row
from chat_api.store.table import ThreadsTable
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The first request asks for so many turns, each further one for as many as the budget may hold.
PAGE = 25
MOST_OF_A_PAGE = 250
# So many are read at first; a turn rarely leaves more.
NEWEST_ITEMS = 8
# Of the newest items, which are looked through for messages whose turns were lost.
MOST_LOST = 50


@dataclass(frozen=True)
class Earlier:
    """What came before a message: the newest whole turns within the budget, oldest first.

    `over` is the turn before them, which exceeded the budget, and `complete` is False when there
    are older ones. `since` is what came after the newest turn: notes for the model, and the items
    of the messages of which no turn was kept, because its container died.
    """

    turns: list[Any]
    over: list[Any] = field(default_factory=list)
    complete: bool = True
    since: tuple[ThreadItem | list[Any], ...] = ()


class Transcript:
    """The turns of a thread as the model saw them, tool calls and their results included.

    A turn's row stands under the place of the user message that began it, so a turn that is made
    again replaces itself, and a deleted message takes its turn along.
    """

    def __init__(
        self,
        table: ThreadsTable,
        bodies: Blobs,
        *,
        retention_seconds: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._bodies = bodies
        self._retention = retention_seconds
        self._now = now

    @run_to_completion
    async def save(
        self,
        thread_id: str,
        message_id: str,
        turn: list[Any],
        context: RequestContext,
        end: EndOfTurnItem | None = None,
    ) -> None:
        """Keep a turn, which began with that user message; `TooLarge` for more than 5 MB of it.

        The mark of its `end` becomes an item of the thread, in the same request.
        """
        rows = RequestTable(self._table, context.cache)
        refuse_gone(rows, context.user, thread_id, self._now())
        until = self._now() + self._retention
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, message_id)
        if place is None:
            raise not_found("Item", message_id)
        new = await self._row(thread_id, place, turn, until, context)
        if end is None:
            replaced = await rows.put(new)
        else:
            # A batch does not tell what it replaced. Only a turn that is made again replaces one,
            # which was taken back in this request.
            taken_back = rows.known(partition, TRANSCRIPT + place)
            replaced = taken_back.row if taken_back else None
            await rows.put_all(partition, [new, await self._mark(rows, partition, end, until)])
        await self._bodies.discard(unshared(replaced, new))

    @run_to_completion
    async def take_back(
        self, thread_id: str, message_id: str, turn: list[Any], context: RequestContext
    ) -> None:
        """Delete what follows a message, and keep `turn` in the place of the message's own.

        Turns go newest first, each with all its rows in one request if it has at most 25. So a
        process that dies in between leaves whole turns, which the person and the model both know.
        Raises `NotFoundError`, and deletes nothing, for a message that is not there.
        """
        rows = RequestTable(self._table, context.cache)
        partition = thread_partition(context.user, thread_id)
        live, place = await together(
            is_live(rows, context.user, thread_id, self._now()),
            find_place(rows, partition, message_id),
        )
        message = await rows.get(partition, ITEM + place) if live and place else None
        if place is None or message is None or not alive(message, self._now()):
            raise not_found("Item", message_id)
        until = self._now() + self._retention
        new = await self._row(thread_id, place, turn, until, context)
        keys = await keys_from(self._table, partition, place)
        *earlier, last = batches(keys, new)
        for batch in earlier:
            await rows.delete(partition, [key["sk"]["S"] for key in batch])
            await self._bodies.discard(batch)
        await rows.delete(partition, [key["sk"]["S"] for key in last[:-1]], put=new)
        replaced = [key for key in keys if key["sk"] == new["sk"]]
        await self._bodies.discard([*last[:-1], *replaced])

    async def before(
        self, thread_id: str, message_id: str, budget: int, context: RequestContext
    ) -> Earlier:
        """Return the newest turns before that message: whole ones of at most `budget` bytes."""
        rows = RequestTable(self._table, context.cache)
        if known_gone(rows, context.user, thread_id, self._now()):
            return Earlier([])
        partition = thread_partition(context.user, thread_id)
        live, place = await together(
            is_live(rows, context.user, thread_id, self._now()),
            find_place(rows, partition, message_id),
        )
        if not live or place is None:
            return Earlier([])
        (newest, held, over, complete), (items, more) = await together(
            self._newest(partition, place, budget),
            rows.items(partition, after=None, newest_first=True, limit=NEWEST_ITEMS),
        )
        while more and more > ITEM + (newest or "") and len(items) < MOST_LOST:
            older, more = await rows.items(
                partition, after=more, newest_first=True, limit=MOST_LOST - len(items)
            )
            items += older
        notes = [*takewhile(lambda stored: is_note(stored["sk"]["S"]), held)]
        (turns, longer), since = await together(
            together(
                read_stored(rows, self._bodies, held[len(notes) :], read_turn),
                read_stored(rows, self._bodies, over, read_turn),
            ),
            self._since(rows, items, notes, newest, place),
        )
        whole = [item for turn in reversed(turns) for item in turn]
        return Earlier(whole, [*chain(*longer)], complete, tuple(since))

    async def _row(
        self, thread_id: str, place: str, turn: list[Any], until: float, context: RequestContext
    ) -> Row:
        partition, sort = thread_partition(context.user, thread_id), TRANSCRIPT + place
        folder = object_folder(context.user, thread_id, sort)
        return await self._bodies.row(partition, sort, folder, dump_turn(turn), until)

    async def _mark(
        self, rows: RequestTable, partition: str, end: EndOfTurnItem, until: float
    ) -> Row:
        place = await settle_place(
            rows, partition, end.id, end.created_at, now=self._now(), until=until
        )
        return row(partition, ITEM + place, dump(end), until)

    async def _newest(
        self, partition: str, place: str, budget: int
    ) -> tuple[str | None, list[Row], list[Row], bool]:
        """Return the newest turn's place, the rows within the budget, the one over it, and if all.

        The rows within the budget come newest first. Notes are among them, and are no turns: one
        that is newer than a lost message must not hide it.
        """
        newest: str | None = None
        held: list[Row] = []
        asked, used = PAGE, 0
        after: str | None = TRANSCRIPT + place
        while after is not None:
            found, after = await self._table.query(
                partition, TRANSCRIPT, after=after, newest_first=True, limit=asked
            )
            before = len(held)
            for number, stored in enumerate(found, 1):
                if newest is None and not is_note(stored["sk"]["S"]):
                    newest = stored["sk"]["S"].removeprefix(TRANSCRIPT)
                length = _length(stored, self._now())
                if length is None:
                    continue
                used += length
                if used > budget:
                    return newest, held, [stored], number == len(found) and after is None
                held.append(stored)
            if len(held) == before:
                # Expired, and as many more may be.
                asked = min(4 * asked, MOST_ROWS)
            else:
                # As many as fit if they are as long as those before.
                asked = min(MOST_OF_A_PAGE, 1 + (budget - used) * len(held) // max(1, used))
        return newest, held, [], True

    async def _since(
        self,
        rows: RequestTable,
        items: list[Row],
        notes: list[Row],
        newest: str | None,
        place: str,
    ) -> list[ThreadItem | list[Any]]:
        """Return what lies between the newest turn and the message, but for the turn's own items.

        Of the items only the newest are looked through.
        """
        low, high = ITEM + (newest or ""), ITEM + place
        between = [
            stored
            for stored in items
            if low < stored["sk"]["S"] < high and alive(stored, self._now())
        ]
        in_order = sorted([*between, *notes], key=lambda stored: _place(stored))
        found = await read_stored(rows, self._bodies, in_order, _item_or_note)
        began = next(
            (at for at, each in enumerate(found) if isinstance(each, UserMessageItem)), len(found)
        )
        return [each for at, each in enumerate(found) if at >= began or isinstance(each, list)]


def _place(stored: Row) -> str:
    return stored["sk"]["S"].partition("#")[2]


def _length(stored: Row, now: float) -> int | None:
    """Bytes of a turn that is to be seen, or None."""
    if alive(stored, now):
        with passed_over(stored):
            return size(stored)
    return None


def _item_or_note(text: bytes) -> ThreadItem | list[Any]:
    """Return what a row holds: an item is an object, a note is a list."""
    return read_turn(text) if text.startswith(b"[") else read_item(text)
