"""An answer is complete only if it ends properly."""

import json
from typing import Any

import pytest
from agents.exceptions import ModelBehaviorError

from tests.unit.chat_api.model.conftest import Asking
from tests.unit.chat_api.model.endpoint import (
    Body,
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

PART = chunk(role="assistant", content="The first half of")
WHOLE: dict[str, Any] = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hi"},
            "finish_reason": "stop",
        }
    ],
}
VLLM = {"object": "error", "message": "engine died", "type": "x", "code": 500}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (sse(PART), ""),
        (Body(sse(PART).content + b"data: [DONE]\n\n"), ""),
        (sse(PART, chunk("length")), "max_output_tokens"),
        (sse(chunk("length")), "max_output_tokens"),
        (sse(PART, chunk("content_filter")), "content_filter"),
        (sse(chunk("content_filter")), "content_filter"),
        (sse(PART, chunk("error")), ""),
        (sse(PART, chunk("no such reason")), ""),
        (
            sse(chunk(tool_calls=[piece("a", '{"x', index=0, id="1")]), chunk("length")),
            "max_output_tokens",
        ),
        (sse(PART, VLLM), "500"),
        (sse(PART, VLLM, chunk("stop")), "500"),
        (sse(PART, {"error": {"message": "busy", "code": 429}}), "429"),
        (Body(json.dumps(WHOLE).encode(), "application/json"), ""),
        (Body(b"<html>Sign in</html>", "text/html"), ""),
        (Body(b""), ""),
        (Body(b"data: {broken\n\n"), ""),
    ],
)
async def test_a_chat_completions_answer_without_a_proper_end_is_incomplete(
    chat_completions: Asking, answer: Body, code: str
) -> None:
    asked = await chat_completions.stream(answer)
    assert asked.error is not None
    assert asked.code == code
    assert not asked.of("response.completed")


@pytest.mark.parametrize("reason", ["stop", "tool_calls", "function_call", "STOP", "eos"])
async def test_every_finish_reason_of_a_complete_answer_is_accepted(
    chat_completions: Asking, reason: str
) -> None:
    asked = await chat_completions.stream(sse(PART, chunk(reason)))
    assert asked.error is None
    assert asked.output[0].content[0].text == "The first half of"


ITEM = message("Half")
HALF = said(ITEM, "Half")[:3]
CALLED_COMPLETED = ended(
    ITEM, status="incomplete", incomplete_details={"reason": "max_output_tokens"}
) | {"type": "response.completed"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (sse(created(), *HALF), ""),
        (sse(created(), *said(ITEM, "Half")), ""),
        (sse(created(), *HALF, ended()), ""),
        (sse(created(), *called(call("a", "{}", "c"))[:1], ended()), ""),
        (sse(created(), *HALF, CALLED_COMPLETED), "max_output_tokens"),
        (sse(created(), *called(call("", "{}", "c")), ended()), ""),
        (sse(created(), event("response.completed")), ""),
        (Body(b'{"id": "r"}', "application/json"), ""),
        (Body(b"<html></html>", "text/html"), ""),
        (Body(b""), ""),
        (Body(b"data: {broken\n\n"), ""),
    ],
)
async def test_a_responses_answer_without_a_proper_end_is_incomplete(
    responses: Asking, answer: Body, code: str
) -> None:
    asked = await responses.stream(answer)
    assert asked.error is not None
    assert asked.code == code
    assert not asked.of("response.completed")


@pytest.mark.parametrize(
    "end",
    [
        ended(status="failed", error={"code": "server_error", "message": "x"}),
        ended(status="incomplete", incomplete_details={"reason": "content_filter"}),
        event("error", code="server_error", message="x", param=None),
    ],
)
async def test_a_failure_over_responses_is_raised(responses: Asking, end: Any) -> None:
    asked = await responses.stream(sse(created(), *HALF, end))
    assert isinstance(asked.error, ModelBehaviorError)
    assert asked.text == "Half"
    assert not asked.of("response.completed")


async def test_a_completed_event_without_output_gets_the_streamed_items(responses: Asking) -> None:
    items = [message("Hi"), call("a", "{}", "c")]
    events = [*said(items[0], "Hi"), *called(items[1], 1)]
    asked = await responses.stream(sse(created(), *events, ended()))
    assert [each.type for each in asked.output] == ["message", "function_call"]


async def test_an_incomplete_unstreamed_answer_is_an_error(chat_completions: Asking) -> None:
    choice = WHOLE["choices"][0] | {"finish_reason": "length"}
    body = Body(json.dumps(WHOLE | {"choices": [choice]}).encode(), "application/json")
    with pytest.raises(ModelBehaviorError):
        await chat_completions.whole(body)
