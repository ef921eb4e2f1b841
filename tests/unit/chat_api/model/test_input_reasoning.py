"""Which reasoning of a history a model gets."""

from dataclasses import replace

import pytest

from chat_api.model.input.input_format import (
    CHAT_COMPLETIONS,
    RESPONSES,
    STORED,
    InputFormat,
)
from tests.unit.chat_api.model.histories import (
    answer,
    call,
    kinds,
    messages_of,
    normalized,
    over_chat,
    over_responses,
    result,
    said,
    summary_text,
    thought,
)


def test_reasoning_without_content_or_without_a_following_item_is_left_out() -> None:
    items = [said("Hi"), thought(), call(), result(), thought(encrypted_content="x")]
    assert kinds(normalized(items, RESPONSES)) == [
        "message",
        "function_call",
        "function_call_output",
    ]


def test_encrypted_reasoning_is_sent_back_only_while_its_turn_runs() -> None:
    turn = [said("Hi"), thought(encrypted_content="x"), call(), result()]
    again = normalized([*turn, answer("Done."), *turn], RESPONSES)
    assert kinds(again).count("reasoning") == 1
    assert again[-3] == {"type": "reasoning", "summary": [], "encrypted_content": "x"}
    assert "reasoning" not in kinds(normalized(turn, STORED))


def test_encrypted_reasoning_is_sent_to_the_model_that_wrote_it_without_the_mark() -> None:
    own = thought(encrypted_content="x", provider_data={"written_by": "one"})
    turn = [said("Hi"), own, call(), result()]
    reasoning = normalized(turn, over_responses("one"))[1]
    assert reasoning == {"type": "reasoning", "summary": [], "encrypted_content": "x"}
    assert "reasoning" not in kinds(normalized(turn, over_responses("two")))


@pytest.mark.parametrize("mark", [{}, {"written_by": "one"}])
def test_readable_reasoning_is_sent_to_the_model_that_wrote_it(mark: dict[str, str]) -> None:
    texts = {"content": [{"type": "reasoning_text", "text": "Hm"}]}
    own = thought(**texts, provider_data={"model": "one", "response_id": "c", **mark})
    stored = normalized([said("Hi"), own, call(), result()], STORED)
    assert "reasoning" in kinds(normalized(stored, over_chat("one", model="m")))
    assert "reasoning" not in kinds(normalized(stored, over_chat("two", model="m")))


@pytest.mark.parametrize("form", [over_chat("m"), over_responses("m")])
def test_reasoning_of_an_unknown_model_is_sent_to_none(form: InputFormat) -> None:
    old = thought(encrypted_content="x", summary=[summary_text("Hm")])
    assert "reasoning" not in kinds(normalized([said("Hi"), old, call(), result()], form))


@pytest.mark.parametrize(
    ("replay", "fields"), [(True, {"summary", "content"}), (None, {"content"}), (False, set())]
)
def test_readable_reasoning_goes_back_as_the_model_takes_it(
    replay: bool | None, fields: set[str]
) -> None:
    mark = {"model": "m", "written_by": "m"}
    summary = thought(summary=[summary_text("Hm")], provider_data=mark)
    content = thought(content=[{"type": "reasoning_text", "text": "Hm"}], provider_data=mark)
    turn = [said("Hi"), summary, call("c1"), result("c1"), content, call("c2"), result("c2")]
    items = normalized(turn, replace(over_chat("m"), replay=replay))
    given = [item for item in items if item["type"] == "reasoning"]
    assert {"content" if each.get("content") else "summary" for each in given} == fields


def test_each_step_with_calls_has_reasoning_for_a_model_that_demands_it() -> None:
    mark = {"model": "m", "written_by": "m"}
    own = thought(summary=[summary_text("Hm")], provider_data=mark)
    steps = [
        *(call("c1"), call("c2"), result("c1"), result("c2")),
        *(own, answer("Wait."), call("c3"), result("c3")),
        *(answer("Wait."), call("c4"), result("c4")),
    ]
    form = replace(over_chat("m"), replay=True)
    items = normalized([said("Hi"), *steps], form)
    messages = messages_of(items)
    thoughts = [each["reasoning_content"] for each in messages if "tool_calls" in each]
    assert thoughts == [" ", "Hm", " "]
    assert normalized(items, form) == items


def test_gemini_gets_a_signature_with_the_first_call_of_each_step() -> None:
    signed = call("c3") | {"provider_data": {"model": "gemini-3-pro", "thought_signature": "s"}}
    steps = [call("c1"), call("c2"), result("c1"), result("c2"), signed, result("c3")]
    form = over_chat("gemini-3-pro")
    items = normalized([said("Hi"), *steps], form)
    found = [each.get("provider_data", {}).get("thought_signature") for each in items]
    assert [each for each in found if each] == ["skip_thought_signature_validator", "s"]
    assert normalized(items, form) == items
    foreign = normalized([said("Hi"), *steps], over_chat("gemini-3-flash"))
    assert "'thought_signature': 's'" not in str(foreign)
    assert "skip_thought_signature_validator" in str(foreign)


def test_items_of_one_endpoints_tools_are_not_sent_to_another_model() -> None:
    search = {"type": "web_search_call", "id": "ws_1"}
    turn = [said("Hi"), search | {"provider_data": {"written_by": "one"}}, answer("Found.")]
    assert search in normalized(turn, over_responses("one"))
    assert "web_search_call" not in kinds(normalized(turn, over_responses("two")))


def test_readable_reasoning_is_sent_only_to_chat_completions() -> None:
    texts = {"summary": [{"type": "summary_text", "text": "Hm"}], "provider_data": {"model": "m"}}
    turn = [said("Hi"), thought(**texts, encrypted_content="signature"), call(), result()]
    assert "reasoning" in kinds(normalized(normalized(turn, STORED), CHAT_COMPLETIONS))
    assert "reasoning" not in kinds(normalized(turn, RESPONSES))


def test_half_a_character_in_reasoning_is_replaced() -> None:
    mark = {"model": "m", "written_by": "m"}
    own = thought(summary=[summary_text("Hm \ud83d")], provider_data=mark)
    form = replace(over_chat("m"), replay=True)
    reasoning = normalized([said("Hi"), own, call(), result()], form)[1]
    assert reasoning["summary"] == [summary_text("Hm ?")]
