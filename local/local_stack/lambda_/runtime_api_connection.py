"""One HTTP connection of the Runtime API: requests with chunked bodies and trailers."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Self

import h11

LARGEST_HEAD = 1024 * 1024

# The real Runtime API is a Go server, and net/http reads at most 4096 bytes of trailers.
LARGEST_TRAILERS = 4096

type Headers = Iterable[tuple[bytes, bytes]]


class Connection:
    """Serves one request after another: `request`, then `body` to its end, then `respond`.

    Each method raises h11.RemoteProtocolError for invalid HTTP and OSError for a broken connection.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)
        self.trailers: dict[bytes, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    async def request(self) -> h11.Request | None:
        """Return the head of the next request, or None when the client closed the connection."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        if self._http.our_state is not h11.IDLE:
            return None
        event = await self._next_event()
        return event if isinstance(event, h11.Request) else None

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the parts of the body as they arrive; `trailers` is set after the last one."""
        while self._http.their_state is h11.SEND_BODY:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self.trailers = _read_trailers(event)

    async def whole_body(self) -> bytes:
        return b"".join([part async for part in self.body()])

    async def respond(self, status: int, body: bytes, headers: Headers = ()) -> None:
        length = (b"content-length", str(len(body)).encode())
        head = h11.Response(
            status_code=status, headers=[(b"content-type", b"application/json"), length, *headers]
        )
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                interim = h11.InformationalResponse(status_code=100, headers=[])
                self._writer.write(self._http.send(interim) or b"")
            self._http.receive_data(await self._reader.read(64 * 1024))
        return event


def _read_trailers(end: h11.EndOfMessage) -> dict[bytes, bytes]:
    if sum(len(name) + len(value) + 4 for name, value in end.headers) > LARGEST_TRAILERS:
        raise h11.RemoteProtocolError("suspiciously long trailer after chunked body")
    return dict(end.headers)
