"""A minimal HTTP/1.1 client for the Runtime API, with a new connection for each request.

A kept connection may be dead after Lambda has frozen and thawed the environment. A new one is
cheap, because the Runtime API runs on the same host.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True)
class ClientResponse:
    """A complete response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class StreamProtocol(asyncio.StreamReaderProtocol):
    """asyncio's stream protocol, which also completes `lost` when the connection closes."""

    def __init__(self, reader: asyncio.StreamReader, lost: asyncio.Future[None] | None) -> None:
        super().__init__(reader)
        self._lost = lost

    def eof_received(self) -> bool | None:
        self._set_lost()
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._set_lost()
        super().connection_lost(error)

    def _set_lost(self) -> None:
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)


class ClientRequest:
    """A request whose head has been sent; the caller writes the body.

    Every failure is an OSError.
    """

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

        `lost` is done once either side has closed the connection.
        """
        host, _, port = address.rpartition(":")
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(LONGEST_LINE, loop)
        transport, protocol = await loop.create_connection(
            lambda: StreamProtocol(reader, lost), host, int(port)
        )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        fields = {"Host": address, "Connection": "close", **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        return cls(reader, writer)

    def write(self, data: bytes) -> None:
        """Write a part of the body. Do nothing once the connection is lost."""
        if not self._writer.is_closing():
            self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the server can take more."""
        await self._writer.drain()

    async def response(self) -> ClientResponse:
        """Read the whole response and close the connection."""
        try:
            return await _read_response(self._reader)
        except EOFError as error:
            raise ConnectionError("the connection closed before the response was whole") from error
        except (ValueError, IndexError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the response is not HTTP/1.1") from error
        finally:
            self._writer.close()


async def _read_response(reader: asyncio.StreamReader) -> ClientResponse:
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
        while await _line(reader):  # skip trailers
            pass
        return b"".join(chunks)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()


async def _line(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\n")).decode("latin-1").rstrip("\r\n")
