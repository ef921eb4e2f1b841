"""The one place where a history becomes what a model's endpoint takes.

Histories come from models, tools, people and rows of older versions. An endpoint that refuses one
item refuses the whole request, and every later request of the thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from chat_api.model.budget import IMAGE_BYTES
from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.input.image_calls import with_image_notes
from chat_api.model.input.input_format import InputFormat
from chat_api.model.input.items import (
    Call,
    Item,
    arguments_error,
    clean_item,
    is_call,
    is_result,
)
from chat_api.model.input.parts import RawItem
from chat_api.model.input.reasoning import REASONING, with_demanded_reasoning
from chat_api.model.input.step_order import order_steps
from chat_api.model.input.trimming import newest_turn_start, newest_turns, shortened
from chat_api.model.texts import json_bytes, well_formed


def model_input(
    given: str | list[Item],
    form: InputFormat,
    *,
    tools: Collection[str],
    turn_bytes: int,
    earlier_bytes: int | None = None,
) -> str | list[Item]:
    """Return a request's input: normalized, its running turn shortened to `turn_bytes`.

    `tools` are the names of the tools that are offered. Of the earlier turns, the newest that fit
    `earlier_bytes` are kept, or all of them for None.
    """
    if isinstance(given, str):
        return well_formed(given)
    items = normalized(given, form, tools=tools)
    start = newest_turn_start(items)
    earlier = items[:start]
    if earlier_bytes is not None:
        earlier, _ = newest_turns(earlier, earlier_bytes)
    return _opened(earlier + shortened(items[start:], turn_bytes))


def normalized(
    given: Sequence[object], form: InputFormat, *, tools: Collection[str] | None = None
) -> list[Item]:
    """Return the items that the format takes, in whole steps. Normalizing twice changes nothing.

    Encrypted reasoning is left out of earlier turns: their models no longer need it, and another
    model or another organization's key refuses it.

    Calls of tools that are not offered become notes, except in the newest turn, where a model gets
    an answer even if it invented the tool. Without `tools`, every tool counts as offered.
    """
    raw: list[RawItem] = [each for each in given if isinstance(each, dict)]
    turn_start = newest_turn_start(raw)
    before, running = with_image_notes(raw[:turn_start]), with_image_notes(raw[turn_start:])
    raw, turn_start = [*before, *running], len(before)
    earlier = replace(form, encrypted=False)
    items: list[Item] = []
    errors: dict[int, str] = {}
    for index, each in enumerate(raw):
        item = clean_item(each, form if index >= turn_start else earlier)
        if item is None:
            # Endpoints refuse reasoning without what it led to.
            while each.get("type") != REASONING and items and items[-1].get("type") == REASONING:
                items.pop()
            continue
        if is_call(item):
            errors[len(items)] = arguments_error(each.get("arguments"))
        items.append(item)
    turn_start = newest_turn_start(items)

    def is_gone(index: int, call: Call) -> bool:
        if tools is None or call["name"] in tools:
            return False
        # Some endpoints refuse any call when no tool is offered.
        return index < turn_start or not tools

    steps = order_steps(items, errors, is_gone)
    return with_demanded_reasoning(_with_newest_media(steps), form)


def _opened(items: list[Item]) -> list[Item]:
    """Return the items with a user message first, because some endpoints demand one."""
    if items and items[0].get("role") in ("user", "system", "developer"):
        return items
    return [hidden_message("The conversation begins here."), *items]


def _with_newest_media(items: list[Item]) -> list[Item]:
    """Return the items without the older images and files in results that exceed the bound."""
    left = IMAGE_BYTES
    kept: list[Item] = []
    for item in reversed(items):
        if is_result(item) and not isinstance(output := item["output"], str):
            text, *media = output
            fitting = [text]
            for part in media:
                left -= json_bytes(part)
                fitting += [part] if left >= 0 else []
            only_text = str(text.get("text"))
            item = {**item, "output": fitting if len(fitting) > 1 else only_text}
        kept.append(item)
    return kept[::-1]
