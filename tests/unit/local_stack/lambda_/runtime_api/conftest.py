"""The Runtime API emulator with a minimal client and a caller."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from local_stack.lambda_.answer import Answer
from local_stack.lambda_.runtime_api import RuntimeApi

RUNTIME = "/2018-06-01/runtime"
# The timeout of an invocation; tests of timeouts move the clock.
SECONDS = 600.0
STREAMING = (
    "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
    "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n"
)


class Client:
    """A minimal runtime client on one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, method: str, path: str, head: str = "", body: bytes = b"") -> None:
        """Send a complete request.

        If `head` declares a chunked body, `body` is sent as it is: whole chunks or a part of one.
        """
        if "chunked" not in head:
            head += f"Content-Length: {len(body)}\r\n"
        host = "" if "Host:" in head else "Host: 127.0.0.1\r\n"
        self.writer.write(f"{method} {RUNTIME}{path} HTTP/1.1\r\n{host}{head}\r\n".encode())
        self.writer.write(body)

    async def receive(self) -> tuple[int, dict[str, str], bytes]:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = (line.split(": ", 1) for line in lines[1:] if line)
        headers = {name.lower(): value for name, value in fields}
        body = await self.reader.readexactly(int(headers["content-length"]))
        return int(lines[0].split()[1]), headers, body

    def begin_stream(self, chunks: bytes) -> None:
        self.send("POST", "/invocation/one/response", STREAMING, chunks)

    async def ask(self, method: str, path: str, head: str = "", body: bytes = b"") -> int:
        self.send(method, path, head, body)
        return (await self.receive())[0]


class Caller:
    """Invokes the function and reads its answers to their end."""

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        self.deadline_ms = round((time.time() + SECONDS) * 1000)

    async def invoke(self, payload: bytes = b"{}", *, request_id: str = "one") -> Answer:
        return await self.api.invoke(
            payload,
            deadline_ms=self.deadline_ms,
            request_id=request_id,
            function_arn="arn:f",
            trace_id="Root=1",
        )

    async def running(self, client: Client, payload: bytes = b"{}") -> asyncio.Task[Answer]:
        """Start an invocation and wait until the client has taken it."""
        invocation = asyncio.create_task(self.invoke(payload))
        client.send("GET", "/invocation/next")
        await client.receive()
        return invocation

    async def body(self, answer: Answer) -> bytes:
        return b"".join([chunk async for chunk in answer.chunks])

    async def error(self, answer: Answer) -> tuple[str, str]:
        """Return the type and message of the error that ends an answer."""
        await self.body(answer)
        assert answer.error is not None
        return answer.error.type, answer.error.message


@pytest.fixture
async def api() -> AsyncIterator[RuntimeApi]:
    api = RuntimeApi()
    yield api
    await api.stop()


@pytest.fixture
async def address(api: RuntimeApi) -> str:
    return await api.start()


async def connected(address: str) -> AsyncIterator[Client]:
    host, _, port = address.partition(":")
    client = Client(*await asyncio.open_connection(host, int(port)))
    yield client
    client.writer.close()


client = pytest.fixture(connected, name="client")
second_client = pytest.fixture(connected, name="second_client")


@pytest.fixture
def caller(api: RuntimeApi) -> Caller:
    return Caller(api)
