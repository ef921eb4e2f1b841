"""Images that a model has drawn, in a history."""

from typing import Any

import pytest

from chat_api.model.input.image_calls import DESCRIPTION_BYTES, without_image
from chat_api.model.input.input_format import InputFormat
from tests.unit.chat_api.model.histories import FORMS, call, normalized, result, said


def image(call_id: str = "ig_1", **members: Any) -> dict[str, Any]:
    known = {"id": call_id, "type": "image_generation_call", "status": "completed"}
    return known | {"result": "iVBORw0KGgo=", "revised_prompt": "A cat"} | members


def kinds(items: list[Any]) -> list[str]:
    return [item.get("role") or item["type"] for item in items]


@pytest.mark.parametrize("form", FORMS)
def test_a_note_takes_the_place_of_an_image(form: InputFormat) -> None:
    items = normalized([said("Draw"), image()], form)
    assert kinds(items) == ["user", "user"]
    assert "It shows: A cat" in str(items[1])
    assert "iVBOR" not in str(items)
    assert normalized(items, form) == items


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "turn",
    [
        [call("c1"), image(), result("c1")],
        [image(), call("c1"), result("c1")],
        [call("c1"), result("c1"), image()],
        [call("c1"), image("ig_1"), call("c2"), image("ig_2"), result("c2"), result("c1")],
    ],
)
def test_a_call_made_with_an_image_keeps_its_result(form: InputFormat, turn: list[Any]) -> None:
    items = normalized([said("Draw"), *turn], form)
    calls = sum(each["type"] == "function_call" for each in turn)
    assert kinds(items).count("function_call") == calls
    assert kinds(items).count("function_call_output") == calls
    assert str(items).count("drew an image") == len(turn) - 2 * calls


@pytest.mark.parametrize("form", FORMS)
def test_a_call_without_a_result_does_not_hide_the_note(form: InputFormat) -> None:
    items = normalized([said("Draw"), call("c1"), image(), said("Thanks")], form)
    assert kinds(items) == ["user", "user", "user"]


@pytest.mark.parametrize("form", FORMS)
def test_reasoning_that_led_to_an_image_alone_is_left_out(form: InputFormat) -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    assert "reasoning" not in kinds(normalized([said("Draw"), thought, image()], form))


def test_an_image_that_failed_leaves_no_note() -> None:
    failed = image(result=None, status="failed")
    assert kinds(normalized([said("Draw"), failed], FORMS[0])) == ["user"]


def test_a_long_description_is_shortened() -> None:
    [_, note] = normalized([said("Draw"), image(revised_prompt="x" * 9_000)], FORMS[0])
    assert len(str(note)) < DESCRIPTION_BYTES + 500


@pytest.mark.parametrize("status", ["completed", "generating"])
def test_a_stored_call_has_no_image_and_still_counts_as_drawn(status: str) -> None:
    stored = without_image(image(status=status))
    assert stored["result"] is None
    assert "drew an image" in str(normalized([said("Draw"), stored], FORMS[0]))
    assert without_image(call("c1")) == call("c1")
