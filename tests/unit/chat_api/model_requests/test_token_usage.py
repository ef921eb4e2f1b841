"""The tokens counted for a turn match the bytes that the endpoint received."""

import asyncio
from typing import Any

import httpx2
import pytest
from agents import Agent, Runner, function_tool

from chat_api.conversation.thread_titles import SECONDS, ThreadTitles
from chat_api.model.budget import BYTES_PER_TOKEN
from chat_api.model.token_usage import Tokens, turn_tokens
from tests.loop_clock import LoopClock
from tests.unit.chat_api.model_requests.endpoint import (
    COMPLETED,
    CREATED,
    DELTA,
    RESPONSE,
    Answer,
    Endpoint,
    broken,
    chunk,
    failed,
    refused,
    sse,
    streamed,
)

QUESTION = "What is the meaning of this? " * 200
USAGE = {
    "input_tokens": 7_000,
    "input_tokens_details": {"cached_tokens": 6_000},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 7_050,
}
APIS = ["responses", "chat_completions"]


@function_tool
def look_up(topic: str, language: str = "en") -> str:
    """Look a topic up in an encyclopedia of the given language, and return what it says."""
    return f"{topic} ({language})"


async def used_by(
    endpoint: Endpoint, *answers: Answer, api: str = "responses", question: Any = QUESTION
) -> Tokens:
    """Return the tokens of a run with a question and these answers, even if it fails."""
    tokens = Tokens()
    turn_tokens.set(tokens)
    agent = Agent[None](name="a", model="model-1", instructions="Be kind.", tools=[look_up])
    run = Runner.run_streamed(agent, question, run_config=endpoint.config(*answers, api=api))
    try:
        async for _ in run.stream_events():
            pass
    except Exception:
        assert len(endpoint.sent) == len(answers)
    return tokens


def received(endpoint: Endpoint) -> float:
    """Return the tokens of all requests that the endpoint received."""
    return sum(len(each.content) for each in endpoint.sent) / BYTES_PER_TOKEN


def completed(usage: Any) -> dict[str, Any]:
    response: Any = COMPLETED["response"]
    return COMPLETED | {"response": response | {"usage": usage}}


def answer_without_usage(api: str) -> Answer:
    if api == "responses":
        return streamed(sse(CREATED, DELTA, COMPLETED))
    return streamed(sse(chunk(), chunk("Hel"), chunk(finish="stop")) + b"data: [DONE]\n\n")


@pytest.mark.parametrize("api", APIS)
async def test_tokens_are_counted_by_bytes_if_an_endpoint_reports_no_usage(
    endpoint: Endpoint, api: str
) -> None:
    tokens = await used_by(endpoint, answer_without_usage(api), api=api)
    assert tokens.read == pytest.approx(received(endpoint), rel=0.1)
    assert tokens.written == 1
    assert tokens.estimated == tokens.used


@pytest.mark.parametrize(
    "failure",
    [
        refused(400),
        streamed(b""),
        streamed(sse(CREATED)),
        streamed(sse(CREATED, failed("invalid_prompt"))),
        broken(httpx2.ReadTimeout("")),
    ],
)
async def test_a_request_without_an_answer_is_counted(endpoint: Endpoint, failure: Answer) -> None:
    tokens = await used_by(endpoint, failure)
    assert tokens.read == pytest.approx(received(endpoint), rel=0.1)
    assert tokens.written == 0


async def test_each_repeated_request_is_counted(endpoint: Endpoint) -> None:
    tokens = await used_by(endpoint, refused(503), refused(503), answer_without_usage("responses"))
    assert len(endpoint.sent) == 3
    assert tokens.read == pytest.approx(received(endpoint), rel=0.1)


@pytest.mark.parametrize("error", [httpx2.ConnectError(""), httpx2.ConnectTimeout("")])
async def test_a_request_that_was_never_sent_is_not_counted(
    endpoint: Endpoint, error: Exception
) -> None:
    tokens = await used_by(endpoint, *[broken(error)] * 3)
    assert (tokens.sent, tokens.used) == (0, 0)


async def test_reported_usage_replaces_the_estimate(endpoint: Endpoint) -> None:
    tokens = await used_by(endpoint, streamed(sse(CREATED, DELTA, completed(USAGE))))
    assert (tokens.read, tokens.cached, tokens.written) == (7_000, 6_000, 50)
    assert tokens.estimated == 0
    assert tokens.sent == pytest.approx(received(endpoint) * BYTES_PER_TOKEN, rel=0.1)


async def test_what_a_report_leaves_out_stays_an_estimate(endpoint: Endpoint) -> None:
    partial = USAGE | {"output_tokens": 0}
    tokens = await used_by(endpoint, streamed(sse(CREATED, DELTA, completed(partial))))
    assert (tokens.read, tokens.estimated) == (7_000, tokens.written)


async def test_usage_of_a_failed_answer_is_counted(endpoint: Endpoint) -> None:
    response = RESPONSE | {
        "output": [],
        "usage": USAGE,
        "error": {"code": "invalid_prompt", "message": "No."},
    }
    failure = {"type": "response.failed", "response": response}
    assert (await used_by(endpoint, streamed(sse(CREATED, failure)))).used == 7_050


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0},
        {"input_tokens": None, "output_tokens": None},
        {"input_tokens": -5, "output_tokens": -5},
        {"input_tokens": "many", "output_tokens": []},
        {"prompt_tokens": 1},
    ],
)
async def test_usage_without_counts_does_not_replace_the_estimate(
    endpoint: Endpoint, usage: Any
) -> None:
    tokens = await used_by(endpoint, streamed(sse(CREATED, DELTA, completed(usage))))
    assert tokens.read == pytest.approx(received(endpoint), rel=0.1)
    assert tokens.written == 1


async def test_a_title_that_arrives_too_late_is_counted(
    endpoint: Endpoint, loop_clock: LoopClock
) -> None:
    tokens = Tokens()
    naming = asyncio.create_task(
        ThreadTitles(endpoint.config(), model=None).title_for("Buy milk", tokens)
    )
    await endpoint.asked.wait()
    assert tokens.read == pytest.approx(received(endpoint), rel=0.5)
    loop_clock.skip(SECONDS)
    assert await naming == "Buy milk"
    assert tokens.read > 0


async def test_an_image_counts_the_tokens_that_endpoints_charge(endpoint: Endpoint) -> None:
    image: dict[str, Any] = {
        "type": "input_image",
        "image_url": f"data:image/png;base64,{'A' * 400_000}",
    }
    message: Any = {"role": "user", "content": [image | {"detail": "auto"}]}
    tokens = await used_by(endpoint, answer_without_usage("responses"), question=[message])
    assert tokens.read == pytest.approx(1_500, rel=0.1)
