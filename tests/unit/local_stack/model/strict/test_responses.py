"""Each rule of the Responses API's strictest endpoints refuses an example."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from local_stack.model.strict.responses import violations

type Change = Callable[[dict[str, Any]], object]

SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
PIXEL = "data:image/png;base64,iVBORw0KGgo="
GOOD: dict[str, Any] = {
    "model": "m",
    "store": False,
    "stream": True,
    "stream_options": {"include_obfuscation": False},
    "include": ["reasoning.encrypted_content"],
    "instructions": "Be kind.",
    "parallel_tool_calls": False,
    "tools": [
        {"type": "function", "name": "look_up", "parameters": SCHEMA, "strict": True},
        {"type": "web_search"},
    ],
    "input": [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Hi"},
                {"type": "input_image", "image_url": PIXEL, "detail": "auto"},
                {"type": "input_file", "file_id": "file_1"},
            ],
        },
        {"type": "reasoning", "summary": [], "encrypted_content": "x"},
        {"role": "assistant", "content": "Let me look.", "phase": "commentary"},
        {"type": "function_call", "call_id": "c1", "name": "look_up", "arguments": "{}"},
        {"type": "function_call", "call_id": "c2", "name": "look_up", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "c1", "output": "found"},
        {
            "type": "function_call_output",
            "call_id": "c2",
            "output": [{"type": "input_text", "text": "Here."}],
        },
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Done.", "annotations": []}],
        },
        {"role": "user", "content": "Thanks"},
    ],
}
USER, THOUGHT, SAID, CALL_1, CALL_2, RESULT_1, RESULT_2, SEARCH, ANSWER, LAST = range(10)


def test_a_body_that_every_endpoint_takes_has_no_violations() -> None:
    assert violations(GOOD) == []
    assert violations({"model": "m", "input": "Hi"}) == []


def put(index: int, **members: Any) -> Change:
    """Return a change of an input item."""
    return lambda body: body["input"][index].update(members)


def remove(*indexes: int) -> Change:
    """Return a change that leaves input items out."""

    def change(body: dict[str, Any]) -> None:
        body["input"] = [each for index, each in enumerate(body["input"]) if index not in indexes]

    return change


def swap(one: int, other: int) -> Change:
    """Return a change of two input items' order."""

    def change(body: dict[str, Any]) -> None:
        given = body["input"]
        given[one], given[other] = given[other], given[one]

    return change


def tool(**members: Any) -> Change:
    """Return a change of the first tool."""
    return lambda body: body["tools"][0].update(members)


def body(**members: Any) -> Change:
    """Return a change of the body's own members."""
    return lambda whole: whole.update(members)


LOOSE = {**SCHEMA, "additionalProperties": True}
REFUSED: dict[str, tuple[Change, str]] = {
    "an unknown parameter": (body(messages=[]), "body: unknown member 'messages'"),
    "no model": (body(model=""), "model: blank text"),
    "a null": (body(temperature=None), "temperature: null"),
    "half a character": (put(LAST, content="\ud83d"), "UTF-8"),
    "a number that is not JSON": (body(temperature=float("nan")), "not JSON"),
    "stream options without a stream": (body(stream=False), "stream_options: without a stream"),
    "parallel calls without tools": (body(tools=[]), "parallel_tool_calls: without tools"),
    "blank instructions": (body(instructions=" "), "instructions: blank text"),
    "too many tools": (body(tools=GOOD["tools"][:1] * 129), "tools: 129 of them"),
    "a tool's name": (tool(name="look up"), "tools[0]: the name 'look up'"),
    "two tools of one name": (body(tools=GOOD["tools"][:1] * 2), "a second 'look_up'"),
    "a tool's long description": (tool(description="x" * 1025), "1024 characters"),
    "a tool's schema": (tool(parameters={"type": "string"}), "not the schema of an object"),
    "a schema without properties": (tool(parameters={"type": "object"}), "no properties"),
    "a strict schema that is not closed": (tool(parameters=LOOSE), "allows other members"),
    "a strict schema with an optional member": (
        tool(parameters={**SCHEMA, "required": []}),
        "optional members",
    ),
    "a tool's unknown member": (tool(title="x"), "tools[0]: unknown member 'title'"),
    "an empty input": (body(input=[]), "input: not text"),
    "a blank input": (body(input=" "), "input: blank text"),
    "a model's first message": (remove(USER), "the first message is not the user's"),
    "a model's last message": (remove(LAST), "the last message is the assistant's"),
    "a role": (put(LAST, role="narrator"), "the role 'narrator'"),
    "an item's type": (put(SEARCH, type="something"), "the type 'something'"),
    "an item's unknown member": (put(CALL_1, title="x"), "input[3]: unknown member 'title'"),
    "an item's own mark": (put(THOUGHT, provider_data={}), "unknown member 'provider_data'"),
    "an id of another kind": (put(ANSWER, id="x_1"), "the id 'x_1'"),
    "an item reference": (put(SEARCH, type="item_reference"), "the type 'item_reference'"),
    "a hosted item without its id": (put(SEARCH, id=""), "without its id"),
    "a blank message": (put(LAST, content=" \n"), "input[9]: blank text"),
    "no message": (put(LAST, content=None), "input[9]: not text"),
    "no parts": (put(LAST, content=[]), "input[9]: no content"),
    "a blank part": (
        put(USER, content=[{"type": "input_text", "text": ""}]),
        "content[0]: blank text",
    ),
    "a part of another role": (
        put(USER, content=[{"type": "output_text", "text": "x"}]),
        "the type 'output_text'",
    ),
    "a part's unknown member": (
        put(USER, content=[{"type": "input_text", "text": "x", "id": 1}]),
        "content[0]: unknown member 'id'",
    ),
    "an image of nothing": (
        put(USER, content=[{"type": "input_image", "detail": "auto"}]),
        "nothing in it",
    ),
    "a blank result": (put(RESULT_1, output=""), "input[5]: blank text"),
    "audio in a result": (put(RESULT_1, output=[{"type": "input_audio"}]), "'input_audio'"),
    "reasoning without its content": (
        put(THOUGHT, encrypted_content=None, id="rs_1"),
        "reasoning without its content",
    ),
    "reasoning before a result": (swap(THOUGHT, CALL_2), "reasoning without what it led to"),
    "reasoning at the end": (swap(THOUGHT, LAST), "reasoning without what it led to"),
    "a summary": (put(THOUGHT, summary=[{"type": "text", "text": "x"}]), "not a list of texts"),
    "a call's id": (put(CALL_1, call_id="call:1"), "the call id 'call:1'"),
    "a call's long id": (put(CALL_1, call_id="c" * 65), "the call id"),
    "a call's name": (put(CALL_1, name="functions.look_up"), "the name 'functions.look_up'"),
    "arguments that are no JSON": (put(CALL_1, arguments='{"a'), "not a JSON object"),
    "arguments that are a list": (put(CALL_1, arguments="[]"), "not a JSON object"),
    "arguments that are an object": (put(CALL_1, arguments={}), "not a JSON object"),
    "arguments with NaN": (put(CALL_1, arguments='{"a": NaN}'), "not a JSON object"),
    "a call without a result": (remove(RESULT_2), "no earlier result of the calls ['c2']"),
    "a result without a call": (remove(CALL_2), "a result without an earlier call: 'c2'"),
    "a result before its call": (swap(CALL_1, RESULT_1), "a result without an earlier call: 'c1'"),
    "results in another order": (swap(RESULT_1, RESULT_2), "before that of an earlier call"),
    "two calls of one id": (put(CALL_2, call_id="c1"), "a second call 'c1'"),
    "a message among results": (swap(SAID, RESULT_1), "a result without an earlier call: 'c1'"),
    "calls without tools": (body(tools=[]), "a call in a request that offers no tools"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_violation_is_found(name: str) -> None:
    change, expected = REFUSED[name]
    bad = copy.deepcopy(GOOD)
    change(bad)
    assert [each for each in violations(bad) if expected in each]


def test_a_stored_response_is_found_by_its_id() -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    answer = {"role": "assistant", "content": "Hi"}
    given = [{"role": "user", "content": "Hi"}, thought, answer, {"role": "user", "content": "?"}]
    assert violations({"model": "m", "input": given}) == []
