"""Any stored history is normalized before it is sent to a model."""

import json
from dataclasses import replace
from typing import Any

import pytest
from agents.models.chatcmpl_converter import Converter
from agents.models.fake_id import FAKE_RESPONSES_ID
from hypothesis import given
from hypothesis import strategies as st

from chat_api.model.input.input_format import (
    CHAT_COMPLETIONS,
    RESPONSES,
    STORED,
    InputFormat,
    input_format,
)
from chat_api.model.input.items import EMPTY_RESULT, SDK_ID
from chat_api.model.input.normalizer import model_input
from chat_api.model.input.normalizer import normalized as typed
from chat_api.model.model_config import ModelConfig
from local_stack.model.strict import chat_completions, responses

PIXEL = "data:image/png;base64,iVBORw0KGgo="
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


def summary_text(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def written_over_chat(model: str) -> dict[str, Any]:
    return {"model": model, "response_id": "c", "written_by": model}


def messages_of(items: list[Any], model: str = "m") -> list[Any]:
    """Convert a history to Chat Completions messages with the SDK's own converter."""
    return list(
        Converter.items_to_messages(
            items, model=model, should_replay_reasoning_content=lambda _: True
        )
    )


def kinds(items: list[Any]) -> list[str]:
    return [item.get("type", item.get("role")) for item in items]


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


@pytest.mark.parametrize("form", FORMS)
def test_a_message_with_an_image_alone_has_no_empty_text(form: InputFormat) -> None:
    image = {"type": "input_image", "image_url": PIXEL}
    message = said("")
    message["content"].append(image)
    assert normalized([message], form)[0]["content"] == [image]


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


def over_chat(name: str, **members: Any) -> InputFormat:
    """Return what a model over Chat Completions takes."""
    return input_format(ModelConfig(name=name, **members), over_chat=True)


def over_responses(name: str, **members: Any) -> InputFormat:
    """Return what a model over the Responses API takes."""
    return input_format(ModelConfig(name=name, **members), over_chat=False)


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
def test_which_readable_reasoning_goes_back(replay: bool | None, fields: set[str]) -> None:
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
    assert "'s'" not in str(foreign)


def test_items_of_one_endpoints_tools_are_not_sent_to_another_model() -> None:
    search = {"type": "web_search_call", "id": "ws_1"}
    turn = [said("Hi"), search | {"provider_data": {"written_by": "one"}}, answer("Found.")]
    assert search in normalized(turn, over_responses("one"))
    assert search not in normalized(turn, over_responses("two"))


IMAGE = {"type": "input_image", "image_url": PIXEL}
FILE = {"type": "input_file", "filename": "plan.pdf", "file_data": "data:application/pdf;base64,"}


@pytest.mark.parametrize("form", [over_chat("m", images=False), over_responses("m", images=False)])
def test_a_line_replaces_an_image_that_the_model_cannot_see(form: InputFormat) -> None:
    message = said("Look")
    message["content"].append(IMAGE)
    shown, _, output = normalized([message, call(), result(output=[IMAGE])], form)
    line = "An image was here, which this model cannot see."
    assert shown["content"][1] == {"type": "input_text", "text": line}
    assert output["output"] == line


@pytest.mark.parametrize("form", [over_chat("m", files=False), over_responses("m", files=False)])
def test_a_line_replaces_a_file_that_the_model_cannot_read(form: InputFormat) -> None:
    message = said("Read")
    message["content"].append(FILE)
    shown, _, output = normalized([message, call(), result(output=[FILE])], form)
    line = "The file “plan.pdf” was here, which this model cannot read."
    assert shown["content"][1] == {"type": "input_text", "text": line}
    assert output["output"] == line


def test_chat_completions_gets_a_line_for_what_it_cannot_be_sent() -> None:
    message = said("Look")
    message["content"] += [
        {"type": "input_image", "file_id": "file_1"},
        {"type": "input_file", "file_url": "https://example.com/a"},
        IMAGE,
        FILE,
    ]
    [shown] = normalized([message], over_chat("m"))
    types = [each["type"] for each in shown["content"]]
    assert types == ["input_text", "input_text", "input_text", "input_image", "input_file"]
    messages_of([shown])


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


NAMES = ("gpt-6", "kimi-k3", "gemini-3-pro")
ROLES = ("user", "assistant", "system", "developer", "?")
texts = st.text(max_size=5)
odd = st.none() | st.integers() | texts | st.lists(texts, max_size=2)
ids = st.sampled_from(["c1", "c2", "", "c:3"]) | st.none()
images = st.fixed_dictionaries({"type": st.just("input_image"), "image_url": texts})
files = st.fixed_dictionaries(
    {"type": st.just("input_file"), "filename": texts},
    optional={"file_data": texts, "file_url": texts, "file_id": texts},
)
text_parts = st.fixed_dictionaries({"type": texts, "text": texts})
contents = odd | st.lists(text_parts | images | files, max_size=2)
anything = st.lists(
    st.one_of(
        st.builds(call, ids, odd | st.sampled_from(["{}", '{"a":1}']), texts),
        st.builds(result, ids, contents),
        st.builds(
            thought,
            encrypted_content=st.none() | texts,
            summary=st.just([]) | st.builds(lambda text: [summary_text(text)], texts),
            provider_data=st.none() | st.sampled_from([*map(written_over_chat, NAMES)]),
        ),
        st.fixed_dictionaries({"role": st.sampled_from(ROLES)}).flatmap(
            lambda role: st.builds(lambda content: role | {"content": content}, contents)
        ),
        st.sampled_from([{"type": kind, "id": "x"} for kind in HOSTED]),
        odd,
    ),
    max_size=12,
)


TOOL = {"name": "f", "parameters": {"type": "object", "properties": {}}}
configs = st.builds(
    ModelConfig, name=st.sampled_from(NAMES), images=st.booleans(), files=st.booleans()
)
replays = st.sampled_from([True, False, None])


@given(anything, configs, replays)
def test_strict_chat_completions_endpoints_accept_any_stored_history(
    items: list[Any], config: ModelConfig, replay: bool | None
) -> None:
    form = replace(input_format(config, over_chat=True), replay=replay)
    given: Any = [*items, said("?")]
    asked: Any = model_input(given, form, tools=["f"], turn_bytes=10_000)
    messages = messages_of(asked, config.name)
    tools = [{"type": "function", "function": TOOL}]
    body = {"model": config.name, "messages": messages, "tools": tools}
    assert chat_completions.violations(body) == []
    for each in messages:
        if "tool_calls" in each and replay:
            assert "reasoning_content" in each or "reasoning" in each


@given(anything, configs)
def test_strict_responses_endpoints_accept_any_stored_history(
    items: list[Any], config: ModelConfig
) -> None:
    form = input_format(config, over_chat=False)
    # An endpoint knows the types of its own tools' items.
    given: Any = [*(each for each in items if "something_new" not in str(each)), said("?")]
    asked = model_input(given, form, tools=["f"], turn_bytes=10_000)
    tools = [{"type": "function", **TOOL}]
    body = {"model": config.name, "store": False, "input": asked, "tools": tools}
    assert responses.violations(body) == []


@given(anything, st.sampled_from(FORMS))
def test_normalizing_twice_changes_nothing(items: list[Any], form: InputFormat) -> None:
    once = normalized(items, form)
    assert normalized(once, form) == once
    assert normalized(normalized(items, STORED), form) == normalized(
        normalized(normalized(items, STORED), STORED), form
    )
