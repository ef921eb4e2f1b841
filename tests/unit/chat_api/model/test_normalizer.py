"""Any stored history is normalized before it is sent to a model."""

import json
from typing import Any

import pytest
from agents.models.fake_id import FAKE_RESPONSES_ID

from chat_api.model.input.input_format import (
    CHAT_COMPLETIONS,
    RESPONSES,
    STORED,
    InputFormat,
)
from chat_api.model.input.items import EMPTY_RESULT, SDK_ID
from chat_api.model.input.normalizer import model_input
from tests.unit.chat_api.model.histories import (
    FORMS,
    HOSTED,
    answer,
    call,
    kinds,
    messages_of,
    normalized,
    result,
    said,
    thought,
)


@pytest.mark.parametrize("form", FORMS)
def test_calls_without_results_and_results_without_calls_are_left_out(
    form: InputFormat,
) -> None:
    items = [said("Hi"), result("c0"), call("c1"), call("c2"), result("c2"), result("c3")]
    assert kinds(normalized(items, form)) == ["message", "function_call", "function_call_output"]


@pytest.mark.parametrize("form", FORMS)
def test_a_second_result_of_a_call_is_left_out(form: InputFormat) -> None:
    items = normalized([said("Hi"), call(), result(output="1"), result(output="2")], form)
    assert [item["output"] for item in items[2:]] == ["1"]


@pytest.mark.parametrize("form", FORMS)
def test_calls_that_share_an_id_and_their_results_get_separate_ids(form: InputFormat) -> None:
    twice = [call(), call(), result(output="1"), result(output="2")]
    items = normalized([said("Hi"), *twice, said("Again"), *twice], form)
    ids = [item["call_id"] for item in items if item["type"] == "function_call"]
    assert len(ids) == len(set(ids)) == 4
    assert ids[0] == "c1"
    assert [item["call_id"] for item in items if "output" in item] == ids
    assert [item["output"] for item in items if "output" in item] == ["1", "2", "1", "2"]


def test_a_result_belongs_to_a_call_in_the_same_turn() -> None:
    items = [said("Hi"), call(arguments='{"old":1}'), said("And?"), call(), result()]
    assert [each["arguments"] for each in normalized(items, STORED) if "name" in each] == ["{}"]


@pytest.mark.parametrize("call_id", ["x" * 65, "call:1", "вызов", "", "\ud83d"])
def test_a_call_id_that_endpoints_refuse_is_replaced(call_id: str) -> None:
    _, made, output = normalized([said("Hi"), call(call_id), result(call_id)], STORED)
    assert made["call_id"] == output["call_id"]
    assert made["call_id"].isascii()
    assert 1 <= len(made["call_id"]) <= 64


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", "x", "[" * 100_000, 7, ["a"]])
def test_arguments_that_are_not_an_object_become_one_and_the_result_explains_it(
    form: InputFormat, arguments: Any
) -> None:
    _, made, output = normalized([said("Hi"), call(arguments=arguments), result()], form)
    assert made["arguments"] == "{}"
    assert "not a JSON object" in output["output"]
    assert len(output["output"]) < 1000


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}'])
def test_numbers_that_are_not_json_become_null(text: str) -> None:
    _, made, output = normalized([said("Hi"), call(arguments=text), result()], STORED)
    assert json.loads(made["arguments"]) == {"a": None}
    assert output["output"] == "ok"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", HOSTED)
def test_a_hosted_tools_item_without_an_id_is_left_out(form: InputFormat, kind: str) -> None:
    items = [said("Hi"), thought(encrypted_content="x"), {"type": kind}, answer("Found.")]
    assert len(normalized(items, form)) == 2


@pytest.mark.parametrize("kind", HOSTED)
def test_chat_completions_gets_no_hosted_tool_items(kind: str) -> None:
    items = [said("Hi"), {"type": kind, "id": "x_1"}, answer("Found.")]
    assert len(normalized(items, CHAT_COMPLETIONS)) == 2


def test_a_hosted_tools_endpoint_gets_its_items_while_the_turn_runs() -> None:
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    assert search in normalized([said("Hi"), search, call(), result()], RESPONSES)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("content", ["", " \n", [], None, [{"type": "output_text", "text": ""}]])
def test_an_empty_answer_is_left_out(form: InputFormat, content: Any) -> None:
    empty = {"type": "message", "role": "assistant", "content": content}
    assert len(normalized([said("Hi"), empty, said("?")], form)) == 2


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("content", ["", [], None, [{"type": "input_text", "text": " "}]])
def test_an_empty_message_says_that_it_is_empty(form: InputFormat, content: Any) -> None:
    [item] = normalized([{"role": "user", "content": content}], form)
    assert "no text" in str(item["content"])


@pytest.mark.parametrize("output", ["", " ", [], None, [{"type": "input_text", "text": ""}]])
def test_an_empty_result_says_that_it_is_empty(output: Any) -> None:
    items = normalized([said("Hi"), call(), result(output=output)], RESPONSES)
    assert items[-1]["output"] == EMPTY_RESULT


def test_a_refusal_is_an_answer() -> None:
    refusal = {"type": "message", "role": "assistant", "content": [{"refusal": "I cannot."}]}
    assert normalized([said("Hi"), refusal], STORED)[-1]["content"] == "I cannot."


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("item", [None, 7, "x", {}, {"role": "tool"}, {"type": "function_call"}])
def test_values_that_are_not_items_are_left_out(form: InputFormat, item: Any) -> None:
    assert len(normalized([said("Hi"), item], form)) == 1


def test_a_history_for_strict_endpoints_begins_with_a_message_of_the_user() -> None:
    given: Any = [answer("Hi!"), said("Hello")]
    asked: Any = model_input(given, RESPONSES, tools=[], turn_bytes=1_000)
    assert [each["role"] for each in asked] == ["user", "assistant", "user"]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_chat_completions_gets_later_instructions_as_hidden_context(role: str) -> None:
    items = [said("Hi"), {"role": role, "content": "Be brief."}, said("?")]
    later = normalized(items, CHAT_COMPLETIONS)[1]
    assert later["role"] == "user"
    assert "Be brief." in str(later)
    assert normalized(items, RESPONSES)[1]["role"] == role


def test_a_message_between_calls_and_results_moves_before_them() -> None:
    turn = [said("Hi"), call("c1"), answer("Wait."), call("c2"), result("c2"), result("c1")]
    items = normalized(turn, RESPONSES)
    assert kinds(items)[1:4] == ["assistant", "function_call", "function_call"]
    assert [item["call_id"] for item in items[2:]] == ["c1", "c2", "c1", "c2"]


def test_the_steps_of_a_turn_stay_separate() -> None:
    turn = [said("Hi"), call("c1"), result("c1"), call("c2"), result("c2"), answer("Done.")]
    messages = messages_of(normalized(turn, CHAT_COMPLETIONS))
    assert [message["role"] for message in messages][1:] == [
        *("assistant", "tool"),
        *("assistant", "tool"),
        "assistant",
    ]


def test_a_call_of_a_removed_tool_becomes_a_note() -> None:
    old = [said("Hi"), call(name="gone"), result(output="secret"), answer("Done.")]
    items = normalized([*old, said("And?")], RESPONSES, tools=["add_task"])
    assert kinds(items) == ["message", "message", "assistant", "message"]
    assert "gone" in str(items[1])
    assert "secret" in str(items[1])


def test_a_call_of_an_invented_tool_stays_a_call_while_its_turn_runs() -> None:
    turn = [said("Hi"), call(name="made_up"), result()]
    assert "function_call" in kinds(normalized(turn, RESPONSES, tools=["add_task"]))


def test_without_tools_there_are_no_calls() -> None:
    turn = [said("Hi"), call(), result()]
    assert "function_call" not in kinds(normalized(turn, RESPONSES, tools=[]))


@pytest.mark.parametrize("form", FORMS)
def test_surrogates_are_joined_or_replaced(form: InputFormat) -> None:
    broken = "\ud83d\ude00 \ud83d"
    items = normalized([said(broken), answer(broken), call(), result(output=broken)], form)
    text = json.dumps(items, ensure_ascii=False)
    assert text.encode().count("😀".encode()) == 3
    assert model_input(broken, form, tools=[], turn_bytes=100) == "😀 ?"


def test_the_sdk_still_uses_its_fake_id() -> None:
    assert SDK_ID == FAKE_RESPONSES_ID
