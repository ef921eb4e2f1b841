"""The rows that go when a message is answered again, in batches of whole turns.

A turn's rows are its transcript and the items and thumbs from its message up to the next turn's. A
button that was pressed meanwhile has a note there, which belongs to the turn around it. A
message whose turn was lost has none, and counts with the turn before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import batched, chain
from typing import TYPE_CHECKING

from chat_api.store.aws_calls import all_of
from chat_api.store.keys import FEEDBACK, ITEM, PREFIXES, TRANSCRIPT, is_note
from chat_api.store.table import BATCH, ThreadsTable

if TYPE_CHECKING:
    from chat_api.store.rows import Row

_OLDER_BUTTON = "#" + PREFIXES["sdk_hidden_context"]


async def keys_from(table: ThreadsTable, partition: str, place: str) -> list[Row]:
    """Return the keys of all that follows a message, and of the message's own transcript."""
    # No row stands between this key and the message's own.
    before = TRANSCRIPT + place[:-1]
    found = await all_of(
        table.keys(partition, kind, after=after)
        for kind, after in (
            (TRANSCRIPT, before),
            (FEEDBACK, FEEDBACK + place),
            (ITEM, ITEM + place),
        )
    )
    return [*chain(*found)]


def batches(keys: list[Row], new: Row) -> list[list[Row]]:
    """Return what each request deletes, newest turn first; `new` ends the last batch.

    `new` is to replace the message's own transcript. No turn is split that fits into one batch. Of
    a longer turn the transcript goes first, then the newest rows: what is left of it then is read
    from its items, by the model as by the person.
    """
    *later, own = _turns(keys, new)
    packed: list[list[Row]] = [[]]
    for turn in (*later, [*_without_replaced(own, new), new]):
        if len(packed[-1]) + len(turn) > BATCH:
            packed.append([])
        packed[-1] += turn
    return [[*batch] for each in packed for batch in batched(each, BATCH, strict=False)]


def _turns(keys: list[Row], new: Row) -> list[list[Row]]:
    """The rows of each turn, newest first; the last are those of the message's own turn."""
    own = _place(new)
    starts = sorted(
        place
        for key in keys
        if key["sk"]["S"].startswith(TRANSCRIPT)
        if (place := _place(key)) != own and not _is_button(place)
    )
    turns: defaultdict[int, list[Row]] = defaultdict(list)
    for key in sorted(keys, key=_place, reverse=True):
        turns[bisect_right(starts, _place(key))].append(key)
    return [
        sorted(turns[number], key=lambda key: not key["sk"]["S"].startswith(TRANSCRIPT))
        for number in range(len(starts), -1, -1)
    ]


def _without_replaced(own: list[Row], new: Row) -> list[Row]:
    """Leave out the transcript that `new` replaces, where both would be in one batch."""
    others = [key for key in own if key["sk"] != new["sk"]]
    return others if len(others) < BATCH else own


def _is_button(place: str) -> bool:
    """Whether what stands there is about buttons; rows of older versions have an item's place."""
    return is_note(place) or place.endswith(_OLDER_BUTTON)


def _place(key: Row) -> str:
    return key["sk"]["S"].partition("#")[2]
