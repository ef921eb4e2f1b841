"""The rows that are deleted when a message is answered again, in batches of whole turns.

A turn's rows are its transcript, and the items and feedback from its message up to the next turn's.
A widget action in between has left a note there, which belongs to the turn around it. A message
whose turn was lost has no transcript, and counts as part of the turn before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import batched, chain
from typing import TYPE_CHECKING

from chat_api.store.aws_calls import gather_all
from chat_api.store.batch_writes import BATCH
from chat_api.store.keys import FEEDBACK, ITEM, PREFIXES, TRANSCRIPT, is_note
from chat_api.store.table import ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

_OLDER_ACTION = "#" + PREFIXES["sdk_hidden_context"]


async def keys_from(table: ThreadsTable, partition: str, place: str) -> list[Row]:
    """Return the keys of all rows after a message, and of the message's own transcript."""
    # No row is between this key and the message's own.
    before = TRANSCRIPT + place[:-1]
    found = await gather_all(
        table.keys(partition, kind, after=after)
        for kind, after in (
            (TRANSCRIPT, before),
            (FEEDBACK, FEEDBACK + place),
            (ITEM, ITEM + place),
        )
    )
    return [*chain(*found)]


def batches(keys: list[Row], new: Row) -> list[list[Row]]:
    """Return what each request deletes, newest turn first. The last batch ends with `new`.

    `new` replaces the message's own transcript. A turn that fits into one batch is not split. A
    longer turn loses its transcript first, then its newest rows: until the rest is deleted, the
    model sees the turn's remaining items, as the user does.
    """
    *later, own = _turns(keys, new)
    packed: list[list[Row]] = [[]]
    for turn in (*later, [*_without_replaced(own, new), new]):
        if len(packed[-1]) + len(turn) > BATCH:
            packed.append([])
        packed[-1] += turn
    return [[*batch] for each in packed for batch in batched(each, BATCH, strict=False)]


def _turns(keys: list[Row], new: Row) -> list[list[Row]]:
    """Return the rows of each turn, newest first; the last are those of the message's own turn."""
    own = _place(new)
    starts = sorted(
        place
        for key in keys
        if key["sk"]["S"].startswith(TRANSCRIPT)
        if (place := _place(key)) != own and not _is_action(place)
    )
    turns: defaultdict[int, list[Row]] = defaultdict(list)
    for key in sorted(keys, key=_place, reverse=True):
        turns[bisect_right(starts, _place(key))].append(key)
    return [
        sorted(turns[number], key=lambda key: not key["sk"]["S"].startswith(TRANSCRIPT))
        for number in range(len(starts), -1, -1)
    ]


def _without_replaced(own: list[Row], new: Row) -> list[Row]:
    """Return the rows without the transcript that `new` replaces, if both fit into one batch."""
    others = [key for key in own if key["sk"] != new["sk"]]
    return others if len(others) < BATCH else own


def _is_action(place: str) -> bool:
    """Return whether a row is about widget actions. Older versions stored an item for each."""
    return is_note(place) or place.endswith(_OLDER_ACTION)


def _place(key: Row) -> str:
    return key["sk"]["S"].partition("#")[2]
