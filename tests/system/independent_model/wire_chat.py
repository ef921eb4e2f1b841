"""A chat whose requests to the model travel over real HTTP and are recorded."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from tests.unit.chat_api.over_http import Chat


class RecordingTransport(httpx2.AsyncHTTPTransport):
    """Sends requests, keeps their bodies in `sent`, and counts the events of their answers."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.events = 0
        self._changed = asyncio.Condition()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        async with self._changed:
            self.sent.append(json.loads(request.content))
            self._changed.notify_all()
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = CountedStream(response.stream, self)
        return response

    async def count(self, events: int) -> None:
        async with self._changed:
            self.events += events
            self._changed.notify_all()

    async def received(self, events: int) -> None:
        """Return once a request was sent and this many events have come."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.sent and self.events >= events)


class CountedStream(httpx2.AsyncByteStream):
    """The body of an answer, whose server-sent events a transport counts."""

    def __init__(self, body: httpx2.AsyncByteStream, transport: RecordingTransport) -> None:
        self._body = body
        self._transport = transport

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk
            await self._transport.count(chunk.count(b"\n\n"))

    async def aclose(self) -> None:
        await self._body.aclose()


class WireChat(Chat):
    """The chat function over HTTP, with the requests that its model received."""

    transport: RecordingTransport

    @property
    def requests(self) -> list[dict[str, Any]]:
        return self.transport.sent

    @property
    def given(self) -> str:
        """Return everything that the model's last request contained, as text."""
        return json.dumps(self.requests[-1], ensure_ascii=False)
