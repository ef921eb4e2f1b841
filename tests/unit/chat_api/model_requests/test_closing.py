"""The connection is closed as soon as no one reads the answer."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx2
import pytest
from agents import ModelSettings, ModelTracing

from tests.unit.chat_api.model_requests.endpoint import (
    CREATED,
    DELTA,
    Answer,
    Endpoint,
    chunk,
    refused,
    sse,
)

BEGINS = {"responses": sse(CREATED, DELTA), "chat_completions": sse(chunk(), chunk("Hel"))}
UNUSED: Any = dict.fromkeys(("previous_response_id", "conversation_id", "prompt"))
ENCRYPTED = ModelSettings(response_include=["reasoning.encrypted_content"])


class Unfinished(httpx2.AsyncByteStream):
    """A body that sends `begin` and then nothing. `waiting` is set once it has."""

    def __init__(self, begin: bytes) -> None:
        self._begin = begin
        self.waiting = asyncio.Event()
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._begin
        self.waiting.set()
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True

    def answer(self, _request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=self)


def stream(endpoint: Endpoint, *answers: Answer, api: str) -> AsyncGenerator[Any]:
    model = endpoint.config(*answers, api=api).model_provider.get_model("model-1")
    events = model.stream_response(
        None, "Hi", ENCRYPTED, [], None, [], ModelTracing.DISABLED, **UNUSED
    )
    assert isinstance(events, AsyncGenerator)
    return events


@pytest.mark.parametrize("api", BEGINS)
async def test_closing_the_events_closes_the_connection(endpoint: Endpoint, api: str) -> None:
    body = Unfinished(BEGINS[api])
    events = stream(endpoint, body.answer, api=api)
    await anext(events)
    assert not body.closed
    await events.aclose()
    assert body.closed


@pytest.mark.parametrize("api", BEGINS)
async def test_canceling_a_reader_closes_the_connection(endpoint: Endpoint, api: str) -> None:
    body = Unfinished(BEGINS[api])

    async def read() -> None:
        async for _ in stream(endpoint, body.answer, api=api):
            pass

    reading = asyncio.create_task(read())
    await body.waiting.wait()
    reading.cancel()
    await asyncio.wait([reading])
    assert body.closed


async def test_closing_the_events_closes_the_connection_of_a_retried_request(
    endpoint: Endpoint,
) -> None:
    body = Unfinished(BEGINS["responses"])
    refusal = refused(400, {"error": {"message": "Unknown value.", "param": "include"}})
    events = stream(endpoint, refusal, body.answer, api="responses")
    await anext(events)
    await events.aclose()
    assert body.closed
