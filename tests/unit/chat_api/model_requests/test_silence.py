"""The limit on a model's silence."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest
from agents import Agent, ModelSettings, function_tool
from agents.exceptions import ModelTimeoutError

from chat_api.errors import stream_error
from chat_api.model.retry_policy import SILENCE_SECONDS
from tests.loop_clock import LoopClock
from tests.unit.chat_api.model_requests.endpoint import (
    COMMENT,
    COMPLETED,
    CREATED,
    DELTA,
    IN_PROGRESS,
    QUEUED,
    REASONING,
    RESPONSE,
    Endpoint,
    chunk,
    finished,
    refused,
    sse,
    streamed,
)

WAITING = {
    "nothing": ("responses", b""),
    "the request was accepted": ("responses", sse(CREATED, IN_PROGRESS)),
    "the request is queued": ("responses", sse(CREATED, QUEUED)),
    "a role": ("chat_completions", sse(chunk())),
}
AT_WORK = {
    "a reasoning item": ("responses", sse(CREATED, REASONING)),
    "text": ("responses", sse(CREATED, DELTA)),
    "OpenAI's keepalive event": (
        "responses",
        sse(CREATED, {"type": "keepalive"}),
    ),
    "text in a chunk": ("chat_completions", sse(chunk(), chunk("Hel"))),
}
ENDS = {
    "responses": sse(COMPLETED),
    "chat_completions": sse(chunk("Hello!", finish="stop")) + b"data: [DONE]\n\n",
}
# More turns of the event loop than anything that is due here needs.
ROUNDS = 20


async def skip(clock: LoopClock, seconds: float) -> None:
    """Advance the clock, and run everything that is due."""
    clock.skip(seconds)
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


class Paused:
    """A stream that pauses after each part until the test releases it."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts
        self.paused = asyncio.Event()
        self.may_continue = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
            self.paused.set()
            await self.may_continue.wait()
            self.may_continue.clear()


@pytest.mark.parametrize("shown", WAITING)
async def test_a_model_that_does_not_start_is_abandoned_after_two_minutes(
    endpoint: Endpoint, loop_clock: LoopClock, shown: str
) -> None:
    api, first = WAITING[shown]
    stream = Paused(first)
    began = loop_clock()
    run = asyncio.create_task(finished(endpoint.run(streamed(aiter(stream)), api=api)))
    await stream.paused.wait()
    loop_clock.stand_still()
    await skip(loop_clock, 119.9 - (loop_clock() - began))
    assert not run.done()
    await skip(loop_clock, 0.2)
    with pytest.raises(ModelTimeoutError) as raised:
        await run
    assert "did not answer in time" in str(stream_error(raised.value))
    assert len(endpoint.sent) == 1


async def test_an_endpoint_that_never_answers_is_abandoned(
    endpoint: Endpoint,
    loop_clock: LoopClock,
) -> None:
    run = asyncio.create_task(finished(endpoint.run(refused(429))))
    while len(endpoint.sent) < 2:
        endpoint.asked.clear()
        await endpoint.asked.wait()
    loop_clock.skip(120.0)
    with pytest.raises(ModelTimeoutError):
        await run
    assert len(endpoint.sent) == 2


async def test_a_refusal_of_encrypted_reasoning_does_not_lift_the_limit(
    endpoint: Endpoint, loop_clock: LoopClock
) -> None:
    settings = ModelSettings(response_include=["reasoning.encrypted_content"])
    agent = Agent(name="a", model="model-1", model_settings=settings)

    async def words() -> AsyncIterator[bytes]:
        yield b'{"error": {"message": "Unknown value.", "param": "include"}}'

    def refuse(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(400, content=words())

    run = asyncio.create_task(finished(endpoint.run(refuse, agent=agent)))
    while len(endpoint.sent) < 2:
        endpoint.asked.clear()
        await endpoint.asked.wait()
    loop_clock.skip(120.0)
    with pytest.raises(ModelTimeoutError):
        await run


@pytest.mark.parametrize("shown", AT_WORK)
async def test_a_model_that_has_started_is_not_abandoned(
    endpoint: Endpoint, loop_clock: LoopClock, shown: str
) -> None:
    api, first = AT_WORK[shown]
    stream = Paused(first, ENDS[api])
    run = asyncio.create_task(finished(endpoint.run(streamed(aiter(stream)), api=api)))
    await stream.paused.wait()
    await skip(loop_clock, 600.0)
    stream.may_continue.set()
    await skip(loop_clock, 600.0)
    stream.may_continue.set()
    assert (await run)[-1] == "response.completed"


@pytest.mark.parametrize("first", [COMMENT, sse(CREATED)])
async def test_comment_lines_keep_the_request_alive(
    endpoint: Endpoint, loop_clock: LoopClock, first: bytes
) -> None:
    stream = Paused(first, COMMENT, sse(CREATED), sse(COMPLETED))
    run = asyncio.create_task(finished(endpoint.run(streamed(aiter(stream)))))
    await stream.paused.wait()
    for _ in range(3):
        stream.paused.clear()
        stream.may_continue.set()
        await stream.paused.wait()
        await skip(loop_clock, 120.0)
        assert not run.done()
    stream.may_continue.set()
    assert (await run)[-1] == "response.completed"


async def test_the_client_limits_silence_within_an_answer(endpoint: Endpoint) -> None:
    async def goes_silent() -> AsyncIterator[bytes]:
        yield sse(CREATED, DELTA)
        raise httpx2.ReadTimeout("")

    with pytest.raises(openai.APITimeoutError) as raised:
        await finished(endpoint.run(streamed(goes_silent())))
    assert endpoint.sent[0].extensions["timeout"]["read"] == SILENCE_SECONDS
    assert "did not answer in time" in str(stream_error(raised.value))
    assert len(endpoint.sent) == 1


async def test_each_step_of_a_run_has_the_full_limit(
    endpoint: Endpoint, loop_clock: LoopClock
) -> None:
    @function_tool
    def look() -> str:
        return "seen"

    call = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
    asked = RESPONSE | {"output": [call]}

    def second(request: httpx2.Request) -> httpx2.Response:
        loop_clock.skip(119.0)
        return streamed(sse(CREATED, COMPLETED))(request)

    def first(request: httpx2.Request) -> httpx2.Response:
        loop_clock.skip(119.0)
        return streamed(sse({"type": "response.completed", "response": asked}))(request)

    agent = Agent(name="a", model="model-1", tools=[look])
    assert (await finished(endpoint.run(first, second, agent=agent)))[-1] == "response.completed"
    assert len(endpoint.sent) == 2
