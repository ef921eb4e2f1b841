"""Each rule of the strictest Chat Completions endpoints refuses an example."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from local_stack.model.strict.chat_completions import violations

type Change = Callable[[dict[str, Any]], object]

PIXEL = "data:image/png;base64,iVBORw0KGgo="


def call(call_id: str, arguments: str = "{}") -> dict[str, Any]:
    function = {"name": "look_up", "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


GOOD: dict[str, Any] = {
    "model": "m",
    "stream": True,
    "stream_options": {"include_usage": True},
    "tool_choice": "auto",
    "tools": [
        {
            "type": "function",
            "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}},
        }
    ],
    "messages": [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Hi"},
                {"type": "image_url", "image_url": {"url": PIXEL}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "Hm.",
            "tool_calls": [call("c1"), call("c2")],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "found"},
        {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "found"}]},
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": "Thanks"},
    ],
}
SYSTEM, USER, CALLS, RESULT_1, RESULT_2, ANSWER, LAST = range(7)


def test_a_body_that_every_endpoint_takes_has_no_violations() -> None:
    assert violations(GOOD) == []


def put(index: int, **members: Any) -> Change:
    """Return a change of a message."""
    return lambda body: body["messages"][index].update(members)


def remove(index: int) -> Change:
    """Return a change that leaves a message out."""
    return lambda body: body["messages"].pop(index)


def swap(one: int, other: int) -> Change:
    """Return a change of two messages' order."""

    def change(body: dict[str, Any]) -> None:
        given = body["messages"]
        given[one], given[other] = given[other], given[one]

    return change


def body(**members: Any) -> Change:
    """Return a change of the body's own members."""
    return lambda whole: whole.update(members)


def calls(*made: dict[str, Any]) -> Change:
    return put(CALLS, tool_calls=[*made])


REFUSED: dict[str, tuple[Change, str]] = {
    "an unknown parameter": (body(include=[]), "body: unknown member 'include'"),
    "no tools": (body(tools=[]), "tools: an empty list"),
    "a choice without tools": (lambda body: body.pop("tools"), "tool_choice: without tools"),
    "calls without tools": (lambda body: body.pop("tools"), "calls in a request that offers no"),
    "a tool's type": (body(tools=[{"type": "web_search"}]), "the type 'web_search'"),
    "a tool's name": (
        body(tools=[{"type": "function", "function": {"name": ""}}]),
        "tools[0]: the name ''",
    ),
    "stream options without a stream": (body(stream=False), "stream_options: without a stream"),
    "no messages": (body(messages=[]), "messages: none"),
    "a role": (put(LAST, role="developer"), "the role 'developer'"),
    "a system message in the middle": (swap(SYSTEM, USER), "that is not the first"),
    "a model's first message": (remove(USER), "the first one is not the user's"),
    "a model's last message": (remove(LAST), "the last one is the assistant's"),
    "a message's unknown member": (put(LAST, id="x"), "messages[6]: unknown member 'id'"),
    "a user's reasoning": (put(USER, reasoning_content="x"), "unknown member"),
    "a blank message": (put(LAST, content=" "), "messages[6]: blank text"),
    "a blank system message": (put(SYSTEM, content=""), "messages[0]: blank text"),
    "a blank text beside calls": (put(CALLS, content=""), "messages[2]: blank text"),
    "no answer": (put(ANSWER, content=None), "messages[5]: not text"),
    "no parts": (put(LAST, content=[]), "messages[6]: no content"),
    "a blank part": (put(LAST, content=[{"type": "text", "text": ""}]), "blank text"),
    "an image in a result": (
        put(RESULT_1, content=[{"type": "image_url", "image_url": {"url": PIXEL}}]),
        "the type 'image_url' in a message of the role 'tool'",
    ),
    "an image of nothing": (
        put(USER, content=[{"type": "image_url", "image_url": {"url": ""}}]),
        "content[0].image_url: blank text",
    ),
    "a part's unknown member": (
        put(USER, content=[{"type": "text", "text": "x", "id": 1}]),
        "unknown member 'id'",
    ),
    "an empty list of calls": (put(ANSWER, tool_calls=[]), "no calls in tool_calls"),
    "reasoning without text": (put(CALLS, reasoning_content=""), "without reasoning"),
    "reasoning that is null": (put(CALLS, reasoning=None), "reasoning without reasoning"),
    "a call's type": (calls(call("c1") | {"type": "custom"}, call("c2")), "the type 'custom'"),
    "a call's unknown member": (calls(call("c1") | {"index": 0}, call("c2")), "'index'"),
    "a call's id": (calls(call("call:1"), call("c2")), "the call id 'call:1'"),
    "arguments that are no JSON": (calls(call("c1", '{"a'), call("c2")), "not a JSON object"),
    "arguments that are null": (calls(call("c1", "null"), call("c2")), "not a JSON object"),
    "two calls of one id": (calls(call("c1"), call("c1")), "a second call 'c1'"),
    "a call without a result": (remove(RESULT_2), "no earlier result of the calls ['c2']"),
    "a result without a call": (remove(CALLS), "a result without an earlier call: 'c1'"),
    "results in another order": (swap(RESULT_1, RESULT_2), "before that of an earlier call"),
    "a message among results": (swap(RESULT_2, ANSWER), "no earlier result"),
    "half a character": (put(LAST, content="\ud83d"), "UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_violation_is_found(name: str) -> None:
    change, expected = REFUSED[name]
    bad = copy.deepcopy(GOOD)
    change(bad)
    assert [each for each in violations(bad) if expected in each]
