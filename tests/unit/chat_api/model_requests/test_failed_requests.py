"""A failed model request is logged with its identifiers but without the endpoint's message."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import openai
import pytest
from agents import Agent, Runner

from chat_api.model.endpoints import create_client
from chat_api.model.failed_request import CONNECTION_FAILURES, REQUEST_ID_HEADERS
from chat_api.model.provider import create_run_config
from chat_api.model.retry_policy import RetryPolicy
from tests.loop_clock import LoopClock
from tests.unit.chat_api.model_requests.endpoint import (
    CREATED,
    RESPONSE,
    Answer,
    Endpoint,
    broken,
    failed,
    hello,
    refused,
    sse,
    streamed,
)
from tests.unit.chat_api.model_requests.failure_lines import (
    JSON,
    KEYS,
    OPERATE,
    RESPONSES,
    SECRET,
    WORDS,
    keys_of,
)
from tests.unit.chat_api.one_endpoint import one_endpoint

type Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PARAM = "messages[3].content[0].text"
REFUSAL = {"message": WORDS, "code": "invalid_value", "type": "invalid_request_error"}
GEMINI = [{"error": {"code": 400, "message": WORDS, "status": "INVALID_ARGUMENT"}}]
SSE = {"status": 200, "content_type": "text/event-stream"}


def page(status: int) -> Answer:
    """Return an answer with an error page, as a proxy sends."""
    return lambda _request: httpx2.Response(status, html=f"<h1>{WORDS}</h1>")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (
            refused(400, {"error": REFUSAL | {"param": PARAM}}, x_request_id="req_1"),
            JSON
            | {
                "status": 400,
                "model_request_id": "req_1",
                "error": "BadRequestError",
                "code": "invalid_value",
                "error_type": "invalid_request_error",
                "param": PARAM,
            },
        ),
        (
            refused(400, GEMINI),
            JSON
            | {
                "status": 400,
                "error": "BadRequestError",
                "code": "400",
                "error_type": "INVALID_ARGUMENT",
            },
        ),
        (
            # Amazon Bedrock sends the kind in a header.
            refused(400, {"message": WORDS}, x_amzn_errortype="ValidationException:http://a/"),
            JSON | {"status": 400, "error": "BadRequestError", "error_type": "ValidationException"},
        ),
        (refused(400, {"error": WORDS}), JSON | {"status": 400, "error": "BadRequestError"}),
        (
            refused(422, {"detail": [WORDS]}),
            JSON | {"status": 422, "error": "UnprocessableEntityError"},
        ),
        (refused(400, [WORDS]), JSON | {"status": 400, "error": "BadRequestError"}),
        (page(403), {"status": 403, "content_type": "text/html", "error": "PermissionDeniedError"}),
        (
            streamed(sse(CREATED, failed("invalid_prompt")), **{"x-request-id": "req_1"}),
            SSE
            | {
                "model_request_id": "req_1",
                "error": "APIError",
                "error_type": "response.failed",
                "code": "invalid_prompt",
            },
        ),
        (
            streamed(
                sse(
                    CREATED,
                    {
                        "type": "response.incomplete",
                        "response": RESPONSE
                        | {"output": [], "incomplete_details": {"reason": "content_filter"}},
                    },
                )
            ),
            SSE
            | {"error": "APIError", "error_type": "response.incomplete", "code": "content_filter"},
        ),
        (
            streamed(
                sse(CREATED, {"type": "error", "code": "x_1", "message": WORDS, "param": PARAM})
            ),
            SSE | {"error": "APIError", "error_type": "error", "code": "x_1", "param": PARAM},
        ),
        (
            streamed(sse({"error": REFUSAL}), **{"apim-request-id": "req_1"}),
            SSE
            | {
                "model_request_id": "req_1",
                "error": "APIError",
                "code": "invalid_value",
                "error_type": "invalid_request_error",
            },
        ),
        (
            broken(httpx2.ReadTimeout(WORDS)),
            {"error": "APITimeoutError", "connection": "read_timeout"},
        ),
    ],
)
async def test_a_failure_is_logged_in_one_line_with_its_identifiers(
    endpoint: Endpoint, logged: list[dict[str, Any]], failure: Answer, expected: dict[str, Any]
) -> None:
    endpoint.retry_policy = RetryPolicy(retries=0)
    assert await keys_of(endpoint, logged, failure) == [RESPONSES | expected]


@pytest.mark.parametrize("header", REQUEST_ID_HEADERS)
async def test_the_endpoints_request_id_is_logged(
    endpoint: Endpoint, logged: list[dict[str, Any]], header: str
) -> None:
    [keys] = await keys_of(endpoint, logged, refused(400, **{header: "1a2b-3c/4d="}))
    assert keys["model_request_id"] == "1a2b-3c/4d="


@pytest.mark.parametrize("words", [WORDS, f"{SECRET}-{SECRET}", SECRET * 20, f"sk-{SECRET}", ""])
async def test_texts_that_are_not_identifiers_are_left_out(
    endpoint: Endpoint, logged: list[dict[str, Any]], words: str
) -> None:
    error = {"code": words, "type": words, "param": words, "message": words}
    answer = refused(400, {"error": error}, x_request_id=f"{SECRET} {words}")
    [keys] = await keys_of(endpoint, logged, answer)
    assert keys == RESPONSES | JSON | {"status": 400, "error": "BadRequestError"}


async def test_each_retry_is_logged_with_its_pause_and_the_last_failure_without_one(
    endpoint: Endpoint, logged: list[dict[str, Any]]
) -> None:
    lines = await keys_of(endpoint, logged, *[refused(429)] * 3, api="chat_completions")
    assert [line["attempt"] for line in lines] == [1, 2, 3]
    assert [line.get("retry_in") for line in lines] == [0.0, 0.0, None]
    assert [line["message"] for line in logged] == [
        "model_request_retried",
        "model_request_retried",
        "model_request_failed",
    ]
    assert {line["api"] for line in lines} == {"chat_completions"}


async def test_a_model_that_does_not_start_is_logged_with_its_own_kind(
    endpoint: Endpoint, loop_clock: LoopClock, logged: list[dict[str, Any]]
) -> None:
    run = asyncio.create_task(keys_of(endpoint, logged))
    await endpoint.asked.wait()
    loop_clock.skip(120.0)
    expected = {"error": "ModelTimeoutError", "connection": "first_event_timeout"}
    assert await run == [RESPONSES | expected]


async def test_a_request_that_succeeds_is_not_logged(
    endpoint: Endpoint, logged: list[dict[str, Any]]
) -> None:
    assert await keys_of(endpoint, logged, hello()) == []


@pytest.mark.parametrize("name", [*KEYS, *REQUEST_ID_HEADERS, *dict(CONNECTION_FAILURES).values()])
def test_each_key_header_and_kind_of_connection_failure_is_documented(name: str) -> None:
    assert f"`{name}`" in OPERATE.read_text()


async def _reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def _speak_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    ("handler", "scheme", "host", "kind"),
    [
        (_reset, "http", "127.0.0.1", "reset"),
        (_close, "http", "127.0.0.1", "closed"),
        (_speak_plain, "https", "127.0.0.1", "tls"),
        (None, "http", "127.0.0.1", "refused"),
        (None, "http", "nothing.invalid", "dns"),
    ],
)
async def test_a_connection_failure_is_logged_with_its_kind(
    logged: list[dict[str, Any]], handler: Handler | None, scheme: str, host: str, kind: str
) -> None:
    server = await asyncio.start_server(handler or _close, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if handler is None:
        server.close()
    client = create_client(f"{scheme}://{host}:{port}/v1", "any")
    provider = one_endpoint(client, use_responses=True, retry_policy=RetryPolicy(retries=0))
    agent = Agent(name="a", model="model-1")
    with pytest.raises(openai.APIConnectionError):
        await Runner.run(agent, "Hi", run_config=create_run_config(provider))
    server.close()
    [line] = logged
    assert (line["message"], line["connection"]) == ("model_request_failed", kind)
