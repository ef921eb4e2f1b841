"""The response of one invocation, streamed to the Runtime API."""

import asyncio
from contextlib import suppress
from typing import Protocol

from lambda_stream.error_report import ErrorReport
from lambda_stream.http.prelude import Headers, prelude
from lambda_stream.runtime_api import Invocation, ResponseStream, RuntimeApi

# Responses with one of these statuses have no body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5).
WITHOUT_BODY = frozenset({204, 205, 304})


class Response(Protocol):
    """Call `start`, `write` any number of times, and `end`; or `fail` at any point; then `settle`.

    `write` and `end` never wait, so a canceled sender never leaves half a message. `lost` is done
    once the connection of the response has closed.
    """

    lost: asyncio.Future[None]

    async def start(self, status: int, headers: Headers) -> None: ...

    def write(self, data: bytes) -> None: ...

    def end(self) -> None: ...

    async def drain(self) -> None:
        """Wait until the Runtime API has room for more."""

    async def fail(self, report: ErrorReport) -> None:
        """End the response with an error instead."""

    async def settle(self) -> None:
        """Wait until the Runtime API has accepted the response. A second call does nothing."""


class StreamedResponse:
    """Sends each part of the response to Lambda as soon as the application sends it.

    The prelude is sent with `http.response.start`, as in uvicorn: the client has the headers while
    the application still prepares the first byte. From then on, an error can only be sent in
    trailers. An application that wants to answer errors with a status code must prepare its first
    bytes before it starts the response.

    An empty body becomes a newline, because a stream without a single byte may stay open on AWS:
    https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/95
    """

    def __init__(self, api: RuntimeApi, invocation: Invocation) -> None:
        self._api = api
        self._invocation = invocation
        self._stream: ResponseStream | None = None
        self._needs_body = False
        self.lost = asyncio.get_running_loop().create_future()

    async def start(self, status: int, headers: Headers) -> None:
        self._needs_body = status not in WITHOUT_BODY
        head = prelude(status, _without_empty_length(headers) if self._needs_body else headers)
        self._stream = await self._api.open_response(self._invocation, self.lost)
        self._stream.write(head)

    def write(self, data: bytes) -> None:
        if data:
            self._needs_body = False
        self._open_stream.write(data)

    def end(self) -> None:
        self._close({})

    async def drain(self) -> None:
        # A lost connection does not stop the application: it may still have results to store.
        with suppress(OSError):
            await self._open_stream.drain()

    async def fail(self, report: ErrorReport) -> None:
        if self._stream is None:
            await self._api.post_error(self._invocation, report)
        else:
            self._close(report.trailers())

    async def settle(self) -> None:
        if self._stream is not None:
            await self._stream.accepted()
            self._stream = None

    def _close(self, trailers: dict[str, str]) -> None:
        if self._needs_body:
            self.write(b"\n")
        self._open_stream.end(trailers)

    @property
    def _open_stream(self) -> ResponseStream:
        if self._stream is None:
            raise RuntimeError("the response has not started or is over")
        return self._stream


def _without_empty_length(headers: Headers) -> Headers:
    """Return the headers without a length of zero, because the body may get a newline."""
    return [
        (name, value)
        for name, value in headers
        if (name.lower(), value) != (b"content-length", b"0")
    ]
