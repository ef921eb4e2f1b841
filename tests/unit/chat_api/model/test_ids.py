"""Ids sent by a model are not assumed to be unique."""

import re
from random import Random

import pytest

from chat_api.model.output.ids import ModelIds
from tests.unit.chat_api.model.conftest import Asked, Asking
from tests.unit.chat_api.model.endpoint import (
    call,
    called,
    chunk,
    created,
    ended,
    event,
    message,
    piece,
    said,
    sse,
)

FOREIGN = ["call_0", "", None, "x" * 500]
CALL_ID = re.compile(r"[A-Za-z0-9]{9}")


def call_ids(asked: Asked) -> list[str]:
    return [each.call_id for each in asked.output if each.type == "function_call"]


def test_call_ids_are_nine_letters_or_digits_from_the_given_random_source() -> None:
    one, same = (ModelIds(Random(7)) for _ in range(2))
    assert one.call() == same.call()
    assert one.call() != one.call()
    assert CALL_ID.fullmatch(one.call())


@pytest.mark.parametrize("foreign", FOREIGN)
async def test_calls_over_responses_get_separate_ids(
    responses: Asking, foreign: str | None
) -> None:
    calls = [call("a", "{}", foreign), call("b", "{}", foreign)]
    events = [*called(calls[0]), *called(calls[1], 1)]
    answers = [sse(created(), *events, ended(*calls)) for _ in range(2)]
    first, second = [await responses.stream(answer) for answer in answers]
    minted = [*call_ids(first), *call_ids(second)]
    assert len(set(minted)) == 4
    assert all(CALL_ID.fullmatch(each) for each in minted)
    done = first.of("response.output_item.done")
    assert [each.item.call_id for each in done] == call_ids(first)
    assert first.calls == [("a", "{}"), ("b", "{}")]


@pytest.mark.parametrize("foreign", FOREIGN)
async def test_calls_over_chat_completions_get_separate_ids(
    chat_completions: Asking, foreign: str | None
) -> None:
    pieces = [piece("a", "{}", index=0, id=foreign), piece("b", "{}", index=1, id=foreign)]
    answer = sse(chunk(tool_calls=pieces), chunk("tool_calls"))
    first = await chat_completions.stream(answer)
    second = await chat_completions.stream(answer)
    minted = [*call_ids(first), *call_ids(second)]
    assert len(set(minted)) == 4
    assert all(CALL_ID.fullmatch(each) for each in minted)
    assert sorted(first.calls) == [("a", "{}"), ("b", "{}")]


async def test_each_item_keeps_one_minted_id_from_start_to_end(responses: Asking) -> None:
    items = [message("One", "same"), message("Two", "same")]
    events = [*said(items[0], "O", "ne"), *said(items[1], "Two", index=1)]
    asked = await responses.stream(sse(created(), *events, ended(*items)))
    ids = [each.id for each in asked.output]
    assert len(set(ids)) == 2
    assert all(each.startswith("msg_") for each in ids)
    streamed = [each.item_id for each in asked.of("response.output_text.delta")]
    assert streamed == [ids[0], ids[0], ids[1]]
    assert [each.item.id for each in asked.of("response.output_item.added")] == ids


async def test_an_item_with_a_different_id_in_each_event_is_one_item(responses: Asking) -> None:
    events = said(message("One"), "O", "ne")
    for number, each in enumerate(events):
        where = each if "item_id" in each else each["item"]
        where["item_id" if "item_id" in each else "id"] = f"msg_{number}"
    asked = await responses.stream(sse(created(), *events, ended(message("One", "msg_end"))))
    [item] = asked.output
    assert {each.item_id for each in asked.of("response.output_text.delta")} == {item.id}
    assert len(asked.of("response.output_item.added")) == 1


async def test_text_without_an_item_gets_an_item(responses: Asking) -> None:
    position = {"item_id": "m", "output_index": 0, "content_index": 0}
    delta = event("response.output_text.delta", **position, delta="Hi")
    asked = await responses.stream(sse(delta, ended(message("Hi", "m"))))
    kinds = [each.type.removeprefix("response.") for each in asked.events]
    assert kinds == [
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_item.done",
        "completed",
    ]
    assert asked.of("response.output_item.done")[0].item.id == asked.output[0].id


async def test_items_that_appear_only_in_the_last_event_are_streamed(responses: Asking) -> None:
    items = [message("Hi"), call("a", "{}", "c")]
    asked = await responses.stream(sse(created(), ended(*items)))
    done = [each.item for each in asked.of("response.output_item.done")]
    assert [each.id for each in done] == [each.id for each in asked.output]


async def test_a_hosted_result_has_the_minted_id_of_its_call(responses: Asking) -> None:
    made = {
        "id": "ct_1",
        "type": "custom_tool_call",
        "call_id": "c",
        "name": "run",
        "input": "",
    }
    result = {"id": "co_1", "type": "custom_tool_call_output", "call_id": "c", "output": "ok"}
    result["status"] = "completed"
    asked = await responses.stream(sse(created(), ended(made, result)))
    assert asked.output[0].call_id == asked.output[1].call_id != "c"
    assert asked.output[0].id != "ct_1"
    assert asked.output[0].id.startswith("ct_")
