"""Histories trimmed to a budget of bytes: long texts are shortened, not dropped."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from chat_api.model.budget import IMAGE_COST
from chat_api.model.texts import json_bytes, shorten

if TYPE_CHECKING:
    from chat_api.model.input.items import Item
    from chat_api.model.input.parts import RawItem

# A turn shortened to fewer bytes would say nothing, so it is left out.
MIN_TURN_BYTES = 1_000
# No text is cut below the first bound until all are that short, and none below the second, whatever
# the budget.
MIN_TEXT_BYTES = (2_000, 120)


@dataclass(frozen=True)
class _TextField:
    """A text in an item: the object that holds it, and its key there."""

    holder: dict[str, object]
    key: str

    @property
    def text(self) -> str:
        return str(self.holder[self.key])

    def shorten(self, max_bytes: int) -> None:
        shortened = _shorten_arguments if self.key == "arguments" else shorten
        self.holder[self.key] = shortened(self.text, max_bytes)


def newest_turn_start(items: Sequence[RawItem]) -> int:
    """Return the index at which the newest turn begins: its first message of the user."""
    index = len(items)
    while index and items[index - 1].get("role") != "user":
        index -= 1
    while index and items[index - 1].get("role") == "user":
        index -= 1
    return index


def newest_turns(items: list[Item], budget: int) -> tuple[list[Item], bool]:
    """Return the newest turns within the budget, and whether these are all turns.

    The turns are whole except for the oldest, which is shortened to the bytes that are left.
    """
    kept: list[Item] = []
    left = budget
    while items:
        start = newest_turn_start(items)
        items, turn = items[:start], items[start:]
        size = size_of(turn)
        if size > left:
            if kept and left < MIN_TURN_BYTES:
                return kept, False
            return [*shortened(turn, left), *kept], not items
        kept, left = [*turn, *kept], left - size
    return kept, True


def size_of(items: Sequence[RawItem]) -> int:
    """Return the items' bytes as JSON. An image counts what endpoints charge for it."""
    return sum(_size(item) + 1 for item in items)


def shortened(turn: list[Item], budget: int) -> list[Item]:
    """Return a turn with its longest texts shortened until it fits the budget.

    Results of tools are shortened first, then what the model wrote, then what a person wrote. All
    are shortened a little before any is shortened to nearly nothing.
    """
    if size_of(turn) <= budget:
        return turn
    turn = copy.deepcopy(turn)
    for min_bytes in MIN_TEXT_BYTES:
        for texts_of in (_result_texts, _model_texts, _user_texts):
            excess = size_of(turn) - budget
            if excess > 0:
                _shorten_longest(
                    [text for item in turn for text in texts_of(item)], excess, min_bytes
                )
    return turn


def _shorten_longest(texts: list[_TextField], excess: int, min_bytes: int) -> None:
    """Shorten the longest texts to one length, so that all take `excess` bytes less."""
    sizes = [json_bytes(each.text) for each in texts]
    max_bytes = max(min_bytes, _common_length(sizes, sum(sizes) - excess))
    for each, size in zip(texts, sizes, strict=True):
        if size > max_bytes:
            each.shorten(max_bytes)


def _common_length(sizes: list[int], budget: int) -> int:
    """Return the length that the longest may keep so that all fit the budget together."""
    ordered = sorted(sizes)
    for index, size in enumerate(ordered):
        length = budget // (len(ordered) - index)
        if length < size:
            return length
        budget -= size
    return max(sizes, default=0)


def _shorten_arguments(arguments: str, max_bytes: int) -> str:
    """Return a JSON object with what is left of the arguments, because they must remain JSON."""
    # Quoted once more, they may take twice the bytes.
    return json.dumps({"shortened": shorten(arguments, max_bytes // 2)}, ensure_ascii=False)


def _result_texts(item: Item) -> Iterator[_TextField]:
    if item.get("type") == "function_call_output":
        yield from _texts(item, "output")


def _model_texts(item: Item) -> Iterator[_TextField]:
    if item.get("type") == "function_call":
        yield _TextField(_fields(item), "arguments")
    elif item.get("role") == "assistant":
        yield from _texts(item, "content")


def _user_texts(item: Item) -> Iterator[_TextField]:
    if item.get("role") in ("user", "system", "developer"):
        yield from _texts(item, "content")


def _texts(item: Item, key: str) -> Iterator[_TextField]:
    fields = _fields(item)
    value = fields[key]
    if isinstance(value, list):
        yield from (_TextField(part, "text") for part in value if "text" in part)
    else:
        yield _TextField(fields, key)


def _fields(item: Item) -> dict[str, object]:
    return cast("dict[str, object]", item)


def _size(item: Mapping[str, object]) -> int:
    key = "output" if "output" in item else "content"
    parts = item.get(key)
    if not isinstance(parts, list):
        return json_bytes(item)
    texts = [part for part in parts if "text" in part]
    return json_bytes({**item, key: texts}) + (len(parts) - len(texts)) * IMAGE_COST
