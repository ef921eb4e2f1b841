"""Which failed requests are retried, when, and how often."""

import asyncio
import email.utils
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from agents.exceptions import AgentsException

from chat_api.conversation.thread_titles import ThreadTitles
from chat_api.errors import stream_error
from chat_api.model.retry_policy import RETRIES, RetryPolicy
from chat_api.model.token_usage import Tokens
from tests.loop_clock import LoopClock
from tests.unit.chat_api.model_requests.endpoint import (
    CREATED,
    DELTA,
    IN_PROGRESS,
    REASONING,
    Answer,
    Endpoint,
    broken,
    chunk,
    failed,
    finished,
    hello,
    refused,
    sse,
    streamed,
)

QUOTA = {"error": {"code": "insufficient_quota", "message": "hunter2"}}


@pytest.mark.parametrize(
    "failure",
    [
        refused(429),
        refused(429, retry_after_ms="1"),
        refused(408),
        refused(500),
        refused(503),
        refused(529),
        broken(httpx2.ConnectError("")),
        broken(httpx2.ConnectTimeout("")),
        # A pooled connection that the endpoint has closed.
        broken(httpx2.RemoteProtocolError("")),
        broken(httpx2.ReadError("")),
        streamed(sse(CREATED, failed("server_error"))),
        streamed(sse({"type": "error", "code": "rate_limit_exceeded", "message": "hunter2"})),
        streamed(sse(CREATED, IN_PROGRESS, {"error": {"code": 502, "message": "hunter2"}})),
    ],
)
async def test_a_request_is_retried_after_a_transient_failure(
    endpoint: Endpoint, failure: Answer
) -> None:
    assert (await finished(endpoint.run(failure, hello())))[-1] == "response.completed"
    assert len(endpoint.sent) == 2


@pytest.mark.parametrize("failure", [refused(429), broken(httpx2.ConnectError(""))])
async def test_a_request_is_sent_at_most_three_times(endpoint: Endpoint, failure: Answer) -> None:
    with pytest.raises(openai.APIError):
        await finished(endpoint.run(*[failure] * 5))
    assert len(endpoint.sent) == 1 + RETRIES


@pytest.mark.parametrize(
    "failure",
    [
        refused(400),
        refused(401),
        refused(404),
        refused(429, QUOTA),
        refused(500, x_should_retry="false"),
        broken(httpx2.ReadTimeout("")),
        broken(httpx2.WriteTimeout("")),
    ],
)
async def test_a_permanent_failure_is_raised_at_once(endpoint: Endpoint, failure: Answer) -> None:
    with pytest.raises(openai.APIError):
        await finished(endpoint.run(failure))
    assert len(endpoint.sent) == 1


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_nothing_is_retried_after_text_was_shown(
    endpoint: Endpoint, logged: list[dict[str, Any]], api: str
) -> None:
    first = sse(CREATED, DELTA) if api == "responses" else sse(chunk(), chunk("Hel"))

    async def breaks_off() -> AsyncIterator[bytes]:
        yield first
        raise httpx2.ReadError("")

    with pytest.raises(openai.APIConnectionError):
        await finished(endpoint.run(streamed(breaks_off()), api=api))
    assert len(endpoint.sent) == 1
    assert [line["message"] for line in logged] == ["model_request_failed"]


@pytest.mark.parametrize("status", [429, 503, 529])
@pytest.mark.parametrize(
    "wait",
    [
        {"retry_after": "121"},
        {"retry_after": "inf"},
        {"retry_after_ms": "121000"},
        {"retry_after": email.utils.formatdate(4_000_000_000, usegmt=True)},
    ],
)
async def test_a_wait_beyond_the_limit_fails_at_once(
    endpoint: Endpoint, status: int, wait: dict[str, str]
) -> None:
    with pytest.raises(openai.APIStatusError) as raised:
        await finished(endpoint.run(refused(status, **wait)))
    assert len(endpoint.sent) == 1
    assert "is busy" in str(stream_error(raised.value))


async def test_the_wait_requested_by_the_endpoint_is_respected(
    endpoint: Endpoint, logged: list[dict[str, Any]]
) -> None:
    run = endpoint.run(refused(429, retry_after="100"))
    while True:
        await asyncio.sleep(0)
        if logged:
            break
    [line] = logged
    assert (line["message"], line["retry_in"]) == ("model_request_retried", 100)
    run.cancel()
    await finished(run)
    # Stopping during the pause ends the run at once.
    assert len(endpoint.sent) == 1


async def test_earlier_attempts_count_toward_the_limit(
    endpoint: Endpoint, loop_clock: LoopClock
) -> None:
    def late(request: httpx2.Request) -> httpx2.Response:
        loop_clock.skip(55.0)
        return refused(429, **({"retry_after": "11"} if len(endpoint.sent) == 2 else {}))(request)

    with pytest.raises(openai.RateLimitError):
        await finished(endpoint.run(late, late, hello()))
    assert len(endpoint.sent) == 2


@pytest.mark.parametrize("asked", [{}, {"retry_after": "0"}, {"retry_after": "soon"}])
async def test_without_a_requested_wait_each_pause_doubles_with_jitter(
    endpoint: Endpoint, logged: list[dict[str, Any]], asked: dict[str, str]
) -> None:
    draws = iter([0.5, 1.0])
    endpoint.retry_policy = RetryPolicy(first_pause=0.001, random=lambda: next(draws))
    await finished(endpoint.run(*[refused(429, **asked)] * 2, hello()))
    pauses = [line["retry_in"] for line in logged]
    assert pauses == pytest.approx([0.00075, 0.002])


async def test_a_run_stopped_while_the_model_is_silent_ends_at_once(
    endpoint: Endpoint,
) -> None:
    run = endpoint.run()
    await endpoint.asked.wait()
    run.cancel()
    assert await finished(run) == []
    assert len(endpoint.sent) == 1


@pytest.mark.parametrize(("pause", "requests"), [("7000", 1), ("8000", 1), ("1", 2)])
async def test_a_title_request_is_retried_only_within_its_own_limit(
    endpoint: Endpoint, loop_clock: LoopClock, pause: str, requests: int
) -> None:
    def spent(request: httpx2.Request) -> httpx2.Response:
        loop_clock.skip(2.0)
        return refused(429, retry_after_ms=pause)(request)

    run_config = endpoint.config(spent, refused(400))
    titles = ThreadTitles(run_config, model=None)
    assert await titles.title_for("Buy milk", Tokens()) == "Buy milk"
    assert len(endpoint.sent) == requests


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([CREATED], "invalid_prompt"),
        ([CREATED, REASONING], "server_error"),
        ([CREATED, DELTA], "server_error"),
    ],
)
async def test_an_answer_that_fails_permanently_or_after_it_started_is_not_retried(
    endpoint: Endpoint, events: list[dict[str, Any]], code: str
) -> None:
    with pytest.raises((AgentsException, openai.APIError)):
        await finished(endpoint.run(streamed(sse(*events, failed(code)))))
    assert len(endpoint.sent) == 1
