"""A proxy between boto3 and an engine that counts requests and injects planned faults."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from functools import partial
from urllib.parse import urlsplit

from tests.store.contract.engines import Engine
from tests.store.contract.http_messages import Request, answer, exchange, read_request
from tests.store.contract.read_timeouts import SILENCE


class Fault(Enum):
    THROTTLED = auto()
    FAILED = auto()
    # No answer, which read_timeouts.py reports to the client. The engine gets no request.
    SILENT = auto()
    RESET = auto()
    # The engine executes the request, but its answer is lost.
    UNACKNOWLEDGED = auto()
    # The engine gets the request when the test releases it.
    HELD = auto()
    # DynamoDB processes only the first half of a batch. Other requests pass.
    HALF_DONE = auto()


# Maps the number of a request, counted from 1, to its fault, if any.
type Plan = Callable[[int], Fault | None]

# The status and code that DynamoDB and S3 return.
DYNAMODB = {
    Fault.THROTTLED: (400, "ThrottlingException"),
    Fault.FAILED: (500, "InternalServerError"),
}
S3 = {Fault.THROTTLED: (503, "SlowDown"), Fault.FAILED: (500, "InternalError")}


def no_fault(number: int) -> Fault | None:
    return None


def only(broken: int, fault: Fault) -> Plan:
    """Return a plan in which only this request has a fault."""
    return lambda number: fault if number == broken else None


def after(last: int) -> Plan:
    """Return a plan that lets nothing through after this request, as if the process died."""
    return lambda number: Fault.RESET if number > last else None


class FaultProxy:
    """An engine that fails by a plan. `requests` lists the operations since the plan was set."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.requests: list[str] = []
        self._plan: Plan = no_fault
        self.holding = asyncio.Event()
        self.released = asyncio.Event()

    def follow(self, plan: Plan) -> None:
        """Follow a new plan, which counts requests from here."""
        self.requests.clear()
        self._plan = plan

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Engine]:
        """Yield an engine with the proxy's addresses."""
        dynamodb = await _listening(partial(self._serve, self._engine.dynamodb))
        s3 = await _listening(partial(self._serve, self._engine.s3))
        try:
            yield Engine(self._engine.name, _address(dynamodb), _address(s3))
        finally:
            for server in (dynamodb, s3):
                server.close()
                server.abort_clients()
                await server.wait_closed()

    async def _serve(
        self, upstream: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one request per connection."""
        try:
            if request := await read_request(reader, writer):
                self.requests.append(request.operation)
                fault = self._plan(len(self.requests))
                await self._answer(request, fault, urlsplit(upstream).port or 80, writer)
        finally:
            writer.close()

    async def _answer(
        self,
        request: Request,
        fault: Fault | None,
        port: int,
        writer: asyncio.StreamWriter,
    ) -> None:
        match fault:
            case Fault.THROTTLED | Fault.FAILED:
                writer.write(_refusal(request, fault))
            case Fault.SILENT:
                writer.write(answer(SILENCE, {}, b""))
            case Fault.RESET:
                _reset(writer)
            case Fault.UNACKNOWLEDGED:
                await exchange(request, port)
                _reset(writer)
            case Fault.HELD:
                self.holding.set()
                await self.released.wait()
                writer.write(await exchange(request, port))
            case Fault.HALF_DONE if request.operation == "BatchWriteItem":
                writer.write(await _half_done(request, port))
            case _:
                writer.write(await exchange(request, port))


def _refusal(request: Request, fault: Fault) -> bytes:
    if request.is_dynamodb:
        status, code = DYNAMODB[fault]
        name = f"com.amazonaws.dynamodb.v20120810#{code}"
        return _json(status, {"__type": name, "message": "injected"})
    status, code = S3[fault]
    xml = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>injected</Message></Error>"
    return answer(status, {"content-type": "application/xml"}, xml.encode())


async def _half_done(request: Request, port: int) -> bytes:
    asked = json.loads(request.body)
    [(table, writes)] = asked["RequestItems"].items()
    half = (len(writes) + 1) // 2
    first = json.dumps(asked | {"RequestItems": {table: writes[:half]}}).encode()
    await exchange(request.with_body(first), port)
    return _json(200, {"UnprocessedItems": {table: writes[half:]} if writes[half:] else {}})


def _json(status: int, content: object) -> bytes:
    body = json.dumps(content).encode()
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-requestid": "INJECTED",
        "x-amz-crc32": str(zlib.crc32(body)),
    }
    return answer(status, headers, body)


def _reset(writer: asyncio.StreamWriter) -> None:
    # A linger time of zero makes the kernel send RST instead of FIN.
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> asyncio.Server:
    return await asyncio.start_server(serve, "127.0.0.1", 0)


def _address(server: asyncio.Server) -> str:
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
