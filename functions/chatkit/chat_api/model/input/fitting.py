"""Histories cut to a budget of bytes: shortened, not dropped."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from chat_api.model.budget import IMAGE_COST
from chat_api.model.input.items import CALL, RESULT, Item
from chat_api.model.texts import json_bytes, shorten

# A turn that is cut to less says nothing.
LEAST_OF_A_TURN = 1_000
# No text is cut to less before the others are cut as well, and none to less than the second.
FLOORS = (2_000, 120)

# Where a text stands: the object that holds it, and its name there.
type Place = tuple[dict[str, Any], str]


def newest_turn(items: list[Item]) -> int:
    """Return where the newest turn begins: with the messages that nobody has answered before."""
    place = len(items)
    while place and items[place - 1].get("role") != "user":
        place -= 1
    while place and items[place - 1].get("role") == "user":
        place -= 1
    return place


def newest(items: list[Item], budget: int) -> tuple[list[Item], bool]:
    """Return the newest turns within the budget, and whether they are all.

    The turns are whole but for the oldest, which is shortened to what room there is.
    """
    kept: list[Item] = []
    left = budget
    while items:
        start = newest_turn(items)
        items, turn = items[:start], items[start:]
        size = size_of(turn)
        if size > left:
            if kept and left < LEAST_OF_A_TURN:
                return kept, False
            return [*shortened(turn, left), *kept], not items
        kept, left = [*turn, *kept], left - size
    return kept, True


def size_of(items: list[Item]) -> int:
    """Return the items' bytes as JSON. An image counts as much as it costs."""
    return sum(_size(item) + 1 for item in items)


def shortened(turn: list[Item], budget: int) -> list[Item]:
    """Return a turn with its longest texts cut until it takes no more than the budget.

    First results of tools are cut, then what the model wrote, then what a person wrote; each a
    little before any is cut to nothing.
    """
    if size_of(turn) <= budget:
        return turn
    turn = copy.deepcopy(turn)
    for floor in FLOORS:
        for texts in (_results, _written, _said):
            over = size_of(turn) - budget
            if over > 0:
                _cut([place for item in turn for place in texts(item)], over, floor)
    return turn


def _cut(places: list[Place], over: int, floor: int) -> None:
    """Cut the longest of these texts to one length, so that they take `over` bytes less."""
    sizes = [json_bytes(holder[name]) for holder, name in places]
    room = max(floor, _level(sizes, sum(sizes) - over))
    for (holder, name), size in zip(places, sizes, strict=True):
        if size > room:
            cut = _shortened_arguments if name == "arguments" else shorten
            holder[name] = cut(holder[name], room)


def _level(sizes: list[int], budget: int) -> int:
    """Return the length to which the longest are to be cut to fit the budget together."""
    ordered = sorted(sizes)
    for place, size in enumerate(ordered):
        level = budget // (len(ordered) - place)
        if level < size:
            return level
        budget -= size
    return max(sizes, default=0)


def _shortened_arguments(arguments: str, room: int) -> str:
    """Return an object that holds what is left of the arguments: they must remain JSON."""
    # Quoted once more, they may take twice the bytes.
    return json.dumps({"shortened": shorten(arguments, room // 2)}, ensure_ascii=False)


def _results(item: Item) -> Iterator[Place]:
    if item.get("type") == RESULT:
        yield from _texts(item, "output")


def _written(item: Item) -> Iterator[Place]:
    if item.get("type") == CALL:
        yield item, "arguments"
    elif item.get("role") == "assistant":
        yield from _texts(item, "content")


def _said(item: Item) -> Iterator[Place]:
    if item.get("role") in ("user", "system", "developer"):
        yield from _texts(item, "content")


def _texts(item: Item, name: str) -> Iterator[Place]:
    if isinstance(item[name], str):
        yield item, name
    else:
        yield from ((part, "text") for part in item[name] if "text" in part)


def _size(item: Item) -> int:
    name = "output" if "output" in item else "content"
    parts = item.get(name)
    if not isinstance(parts, list):
        return json_bytes(item)
    texts = [part for part in parts if "text" in part]
    return json_bytes(item | {name: texts}) + (len(parts) - len(texts)) * IMAGE_COST
