"""Any stored history is normalized before it is sent to a model."""

import json
from typing import Any

import pytest
from agents.models.chatcmpl_converter import Converter
from agents.models.fake_id import FAKE_RESPONSES_ID
from hypothesis import given
from hypothesis import strategies as st

from chat_api.model.input.items import (
    CHAT_COMPLETIONS,
    EMPTY_RESULT,
    RESPONSES,
    SDK_ID,
    STORED,
    InputFormat,
)
from chat_api.model.input.normalizer import model_input
from chat_api.model.input.normalizer import normalized as typed

FORMS = (RESPONSES, CHAT_COMPLETIONS, STORED)
HOSTED = (
    "web_search_call",
    "file_search_call",
    "code_interpreter_call",
    "mcp_call",
    "mcp_list_tools",
    "computer_call",
    "image_generation_call",
    "compaction",
    "item_reference",
    "something_new",
)


def normalized(given: list[Any], form: InputFormat, **options: Any) -> list[Any]:
    """Return the normalized items, untyped so that tests can read any field."""
    return list(typed(given, form, **options))


def said(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def call(call_id: str = "c1", arguments: Any = "{}", name: str = "f") -> dict[str, Any]:
    ids = {"type": "function_call", "id": f"fc_{call_id}", "call_id": call_id}
    return ids | {"name": name, "arguments": arguments, "status": "completed"}


def result(call_id: str = "c1", output: Any = "ok") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def answer(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": [part]}


def thought(**members: Any) -> dict[str, Any]:
    return {"type": "reasoning", "id": "rs_1", "summary": []} | members


def messages_of(items: list[Any]) -> list[Any]:
    """Convert a history to Chat Completions messages with the SDK's own converter."""
    return list(Converter.items_to_messages(items))


def kinds(items: list[Any]) -> list[str]:
    return [item.get("type", item.get("role")) for item in items]


def refused(messages: list[Any]) -> str | None:
    """Return why a strict Chat Completions endpoint refuses these messages, or None."""
    waiting: list[str] = []
    for message in messages:
        if message["role"] != "tool" and waiting:
            return f"{waiting} have no result"
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                return "a result of no call"
            waiting.remove(message["tool_call_id"])
        for each in message.get("tool_calls", []):
            if not isinstance(json.loads(each["function"]["arguments"]), dict):
                return "arguments are no object"
            waiting.append(each["id"])
    return f"{waiting} have no result" if waiting else None


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


@pytest.mark.parametrize("call_id", ["x" * 65, "call:1", "вызов", ""])
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


def test_readable_reasoning_is_sent_only_to_chat_completions() -> None:
    texts = {"summary": [{"type": "summary_text", "text": "Hm"}], "provider_data": {"model": "m"}}
    turn = [said("Hi"), thought(**texts, encrypted_content="signature"), call(), result()]
    assert "reasoning" in kinds(normalized(normalized(turn, STORED), CHAT_COMPLETIONS))
    assert "reasoning" not in kinds(normalized(turn, RESPONSES))


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


def test_multiple_texts_in_a_result_are_joined() -> None:
    parts = [{"type": "input_text", "text": text} for text in ("a", "b")]
    items = normalized([said("Hi"), call(), result(output=parts)], RESPONSES)
    assert items[-1]["output"] == "a\nb"


def test_only_the_newest_images_are_kept() -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 2_000_000}
    turn = [each for n in range(4) for each in (call(f"c{n}"), result(f"c{n}", [image]))]
    items = normalized([said("Hi"), *turn], RESPONSES)
    outputs = [item["output"] for item in items if "output" in item]
    assert [isinstance(output, list) for output in outputs] == [False, False, True, True]


def test_the_sdk_still_uses_its_fake_id() -> None:
    assert SDK_ID == FAKE_RESPONSES_ID


texts = st.text(max_size=5)
odd = st.none() | st.integers() | texts | st.lists(texts, max_size=2)
ids = st.sampled_from(["c1", "c2", "", "c:3"]) | st.none()
contents = odd | st.lists(st.fixed_dictionaries({"type": texts, "text": texts}), max_size=2)
anything = st.lists(
    st.one_of(
        st.builds(call, ids, odd | st.sampled_from(["{}", '{"a":1}']), texts),
        st.builds(result, ids, contents),
        st.builds(thought, encrypted_content=st.none() | texts),
        st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "?"])}).flatmap(
            lambda role: st.builds(lambda content: role | {"content": content}, contents)
        ),
        st.sampled_from([{"type": kind, "id": "x"} for kind in HOSTED]),
        odd,
    ),
    max_size=12,
)


@given(anything)
def test_every_endpoint_accepts_any_stored_history(items: list[Any]) -> None:
    assert refused(messages_of(normalized(items, CHAT_COMPLETIONS))) is None
    json.dumps(normalized(items, RESPONSES), ensure_ascii=False).encode()


@given(anything, st.sampled_from(FORMS))
def test_normalizing_twice_changes_nothing(items: list[Any], form: InputFormat) -> None:
    once = normalized(items, form)
    assert normalized(once, form) == once
    assert normalized(normalized(items, STORED), form) == normalized(
        normalized(normalized(items, STORED), STORED), form
    )
