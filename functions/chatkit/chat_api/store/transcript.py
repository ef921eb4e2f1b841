"""What the model is given of earlier turns: one row per turn, in the model's own format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatkit.types import EndOfTurnItem

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import gather_both
from chat_api.store.blobs import unshared
from chat_api.store.earlier_turns import EarlierTurns
from chat_api.store.existence import not_found, refuse_missing, thread_exists
from chat_api.store.keys import ITEM, TRANSCRIPT, object_folder, thread_partition
from chat_api.store.places import assign_place, find_place
from chat_api.store.request_table import RequestTable
from chat_api.store.rewind import batches, keys_from
from chat_api.store.rows import dump, dump_turn, is_live, new_row
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row


class Transcript(EarlierTurns):
    """The turns of a thread as the model saw them, with tool calls and their results.

    A turn's row is at the place of the user message that began it. So a second answer to the
    message replaces the row, and deleting the message also deletes it.
    """

    @run_to_completion
    async def save(
        self,
        thread_id: str,
        message_id: str,
        turn: list[Any],
        context: RequestContext,
        end: EndOfTurnItem | None = None,
    ) -> None:
        """Store the turn that a user message began. Raise `TooLarge` for a turn above 5 MB.

        `end`, which marks the turn's end, becomes an item of the thread in the same write.
        """
        rows = self._rows(context)
        refuse_missing(rows, context.user, thread_id, self._now())
        until = self._retention.until()
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, message_id)
        if place is None:
            raise not_found("Item", message_id)
        new = await self._turn_row(thread_id, place, turn, until, context)
        if end is None:
            replaced = await rows.put(new)
        else:
            # A batch does not return what it replaced. Only an answer that is written again
            # replaces one, and this request has taken that one back.
            taken_back = rows.known(partition, TRANSCRIPT + place)
            replaced = taken_back.row if taken_back else None
            await rows.put_all(partition, [new, await self._end_row(rows, partition, end, until)])
        await self._blobs.discard(unshared(replaced, new))

    @run_to_completion
    async def take_back(
        self, thread_id: str, message_id: str, turn: list[Any], context: RequestContext
    ) -> None:
        """Delete what follows a message, and replace the message's own turn with `turn`.

        Turns go newest first, each with all its rows in one request if it has at most 25. So a
        process that dies in between leaves whole turns, which the person and the model both know.
        Raise `NotFoundError`, and delete nothing, for a message that does not exist.
        """
        rows = self._rows(context)
        partition = thread_partition(context.user, thread_id)
        exists, place = await gather_both(
            thread_exists(rows, context.user, thread_id, self._now()),
            find_place(rows, partition, message_id),
        )
        message = await rows.get(partition, ITEM + place) if exists and place else None
        if place is None or message is None or not is_live(message, self._now()):
            raise not_found("Item", message_id)
        until = self._retention.until()
        new = await self._turn_row(thread_id, place, turn, until, context)
        keys = await keys_from(self._table, partition, place)
        *earlier, last = batches(keys, new)
        for batch in earlier:
            await rows.delete(partition, [key["sk"]["S"] for key in batch])
            await self._blobs.discard(batch)
        await rows.delete(partition, [key["sk"]["S"] for key in last[:-1]], put=new)
        replaced = [key for key in keys if key["sk"] == new["sk"]]
        await self._blobs.discard([*last[:-1], *replaced])

    async def has_turn(self, thread_id: str, message_id: str, context: RequestContext) -> bool:
        """Return whether the turn that a message began is stored. One that waits is, too."""
        rows = self._rows(context)
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, message_id)
        stored = await rows.get(partition, TRANSCRIPT + place) if place else None
        return stored is not None and is_live(stored, self._now())

    async def _turn_row(
        self, thread_id: str, place: str, turn: list[Any], until: float, context: RequestContext
    ) -> Row:
        partition, sort = thread_partition(context.user, thread_id), TRANSCRIPT + place
        folder = object_folder(context.user, thread_id, sort)
        return await self._blobs.new_row(partition, sort, folder, dump_turn(turn), until)

    async def _end_row(
        self, rows: RequestTable, partition: str, end: EndOfTurnItem, until: float
    ) -> Row:
        now = self._now()
        place = await assign_place(rows, partition, end.id, end.created_at, now=now, until=until)
        return new_row(partition, ITEM + place, dump(end), until)
