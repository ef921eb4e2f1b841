"""The part of HTTP/1.1 that boto3 and the engines use, with one message per connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

TARGET = "x-amz-target"
# Headers of a single connection, which the proxy does not forward.
HOP_BY_HOP = {"connection", "content-length", "expect"}


@dataclass(frozen=True)
class Request:
    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_dynamodb(self) -> bool:
        return TARGET in self.headers

    @property
    def operation(self) -> str:
        """Return DynamoDB's name of the operation, or a name like `S3 PUT`."""
        if self.is_dynamodb:
            return self.headers[TARGET].rpartition(".")[2]
        return f"S3 {self.line.partition(' ')[0]}"

    def with_body(self, body: bytes) -> Request:
        return replace(self, body=body)


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """Return the request, or None if the client disconnects before it is complete."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.rstrip().split("\r\n")
        pairs = [header.partition(":") for header in rest]
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if "expect" in headers:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Request(line, headers, body)


async def exchange(request: Request, port: int) -> bytes:
    """Return the exact bytes that the engine at this port answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        kept = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        writer.write(_message(request.line, kept, request.body))
        return await reader.read()
    finally:
        writer.close()


def answer(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    known = status in HTTPStatus
    phrase = HTTPStatus(status).phrase if known else "Unknown"
    return _message(f"HTTP/1.1 {status} {phrase}", headers, body)


def _message(line: str, headers: Mapping[str, str], body: bytes) -> bytes:
    own = {"connection": "close", "content-length": str(len(body))}
    lines = [line, *(f"{name}: {value}" for name, value in {**headers, **own}.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
