"""HTTP/1.1 as far as the Runtime API needs it: one request on a connection of its own.

No connection is kept: one that was alive when Lambda froze the environment may be dead after the
thaw, and to the Runtime API, on the same host, a new one costs next to nothing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True)
class ClientResponse:
    """A whole answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection(asyncio.StreamReaderProtocol):
    """The protocol of asyncio's streams, which also notes when the other side hangs up."""

    def __init__(self, reader: asyncio.StreamReader, lost: asyncio.Future[None] | None) -> None:
        super().__init__(reader)
        self._lost = lost

    def eof_received(self) -> bool | None:
        self._note()
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._note()
        super().connection_lost(error)

    def _note(self) -> None:
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)


class ClientRequest:
    """A request whose head is written; the body is the caller's. Every failure is an OSError."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(
        cls,
        address: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        lost: asyncio.Future[None] | None = None,
    ) -> Self:
        """Connect to `address` ("host:port") and write the head.

        `lost` is done once either side has closed the connection."""
        host, _, port = address.rpartition(":")
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(LONGEST_LINE, loop)
        transport, protocol = await loop.create_connection(
            lambda: Connection(reader, lost), host, int(port)
        )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        fields = {"Host": address, "Connection": "close", **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        return cls(reader, writer)

    def write(self, data: bytes) -> None:
        """Hands over a part of the body; swallowed once the connection is lost."""
        if not self._writer.is_closing():
            self._writer.write(data)

    async def drain(self) -> None:
        """Waits until the other side has room for more."""
        await self._writer.drain()

    async def answer(self) -> ClientResponse:
        """Reads the answer to its end and closes the connection."""
        try:
            return await _read_answer(self._reader)
        except EOFError as error:
            raise ConnectionError("connection closed within an answer") from error
        except (ValueError, IndexError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the answer is not HTTP/1.1") from error
        finally:
            self._writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> ClientResponse:
    status = int((await _line(reader)).split(maxsplit=2)[1])
    headers = {}
    while line := await _line(reader):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return ClientResponse(status, headers, await _read_body(reader, headers))


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        chunks = []
        while size := int((await _line(reader)).split(";")[0], 16):
            chunks.append(await reader.readexactly(size))
            await _line(reader)
        while await _line(reader):  # trailers: none is expected, all are read
            pass
        return b"".join(chunks)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()


async def _line(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\n")).decode("latin-1").rstrip("\r\n")
