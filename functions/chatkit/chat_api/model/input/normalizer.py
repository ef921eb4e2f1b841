"""The one place where a history becomes what a model's endpoint takes.

It comes from models, tools, people and rows of older versions. An endpoint that refuses one item
refuses the whole request, and every later one of the thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from chat_api.model.budget import IMAGE_BYTES
from chat_api.model.input.fitting import newest_turn, shortened
from chat_api.model.input.items import CALL, REASONING, RESULT, Form, Item, cleaned, problem
from chat_api.model.input.steps import in_steps
from chat_api.model.texts import json_bytes, well_formed

if TYPE_CHECKING:
    from agents.items import TResponseInputItem


def model_input(
    given: str | list[TResponseInputItem],
    form: Form,
    *,
    tools: Collection[str],
    turn_bytes: int,
) -> str | list[TResponseInputItem]:
    """Return the input of a request: normalized, its running turn within `turn_bytes`.

    `tools` are the names of those that are offered.
    """
    if isinstance(given, str):
        return well_formed(given)
    items = normalized(given, form, tools=tools)
    start = newest_turn(items)
    fitting = items[:start] + shortened(items[start:], turn_bytes)
    return cast("list[TResponseInputItem]", fitting)


def normalized(
    given: Sequence[object], form: Form, *, tools: Collection[str] | None = None
) -> list[Item]:
    """Return the items that the form takes, in whole steps. Normalizing twice changes nothing.

    Encrypted reasoning is left out of earlier turns: their models need it no more, and another
    model or another organization's key refuses it. Calls of tools that are not offered become
    notes, but for those of the newest turn: the model is answered even if it made a tool up.
    Without `tools`, every tool counts as offered.
    """
    known = [each for each in given if isinstance(each, dict)]
    now = newest_turn(known)
    earlier = replace(form, encrypted=False)
    items: list[Item] = []
    problems: dict[int, str] = {}
    for place, each in enumerate(known):
        item = cleaned(each, form if place >= now else earlier)
        if item is None:
            # Reasoning is refused without what it led to.
            while each.get("type") != REASONING and items and items[-1].get("type") == REASONING:
                items.pop()
            continue
        if item.get("type") == CALL:
            problems[len(items)] = problem(each.get("arguments"))
        items.append(item)
    now = newest_turn(items)

    def is_gone(place: int) -> bool:
        if tools is None or items[place]["name"] in tools:
            return False
        # Some endpoints refuse any call when no tool is offered.
        return place < now or not tools

    return _with_newest_media(in_steps(items, problems, is_gone))


def _with_newest_media(items: list[Item]) -> list[Item]:
    """Return the items without the older images and files of results that exceed the bound."""
    left = IMAGE_BYTES
    kept: list[Item] = []
    for item in reversed(items):
        if item.get("type") == RESULT and isinstance(item["output"], list):
            text, *media = item["output"]
            held = []
            for part in media:
                left -= json_bytes(part)
                held += [part] if left >= 0 else []
            item = item | {"output": [text, *held] if held else text["text"]}
        kept.append(item)
    return kept[::-1]
