"""A function process, started through the wrapper as in Lambda, with the Runtime API emulator.

An application of apps.py waits at each gate until the test opens it. Tests can therefore check the
order of events without a clock.
"""

import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lambda_stream.settings import LEFTOVER_VARIABLE
from local_stack.lambda_.answer import Answer
from local_stack.lambda_.runtime_api import RuntimeApi
from tests.unit.lambda_stream.apps import DEADLINE

ROOT = Path(__file__).parents[3]
WRAPPER = ROOT / "layers" / "streaming" / "lambda-stream"
PATIENCE = 120.0

type StartFunction = Callable[..., Awaitable["Function"]]


class Gates:
    """Each gate is a connection. The application sends its name and waits for a line."""

    def __init__(self) -> None:
        self.port = 0
        self._reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._opened: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def reached(self, name: str) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._reached[name].wait()

    def was_reached(self, name: str) -> bool:
        return self._reached[name].is_set()

    def open(self, name: str) -> None:
        self._opened[name].set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            name = (await reader.readline()).decode().strip()
            self._reached[name].set()
            await self._opened[name].wait()
            writer.write(b"go on\n")
        finally:
            writer.close()


class Reply:
    """Reads a response: the prelude, then as much of the body as the test needs."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._unread = b""

    async def until(self, end: bytes) -> bytes:
        """Return what arrives before `end`, and drop `end`."""
        while end not in self._unread:
            self._unread += await anext(self.answer.chunks)
        found, _, self._unread = self._unread.partition(end)
        return found

    async def prelude(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(await self.until(b"\0" * 8))
        return content

    async def rest(self) -> bytes:
        unread, self._unread = self._unread, b""
        return unread + b"".join([chunk async for chunk in self.answer.chunks])

    async def body(self) -> bytes:
        await self.prelude()
        return await self.rest()

    async def error_type(self) -> str | None:
        """Read to the end, and return the type of the error, if any."""
        await self.rest()
        return self.answer.error.type if self.answer.error else None


class Function:
    """One function process and its Runtime API."""

    def __init__(
        self, api: RuntimeApi, address: str, process: asyncio.subprocess.Process, log: Path
    ) -> None:
        self.api = api
        self.address = address
        self.process = process
        self._log = log
        self._count = 0

    async def invoke(
        self, payload: bytes | None = None, *, seconds: float = DEADLINE, trace_id: str = ""
    ) -> Reply:
        self._count += 1
        answer = await self.api.invoke(
            event() if payload is None else payload,
            deadline_ms=int((time.time() + seconds) * 1000),
            request_id=f"request-{self._count}",
            function_arn="arn:aws:lambda:eu-west-1:123456789012:function:Chat",
            trace_id=trace_id,
        )
        return Reply(answer)

    async def polled(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.api.polled()

    async def exit_status(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]


def event(body: str | None = None, *, base64: bool = False, **changes: Any) -> bytes:
    """Return the smallest proxy event of a REST API, with these changes."""
    content = {
        "resource": "/{proxy+}",
        "path": "/chat",
        "httpMethod": "POST",
        "headers": {"host": "api.example.com"},
        "multiValueHeaders": {"host": ["api.example.com"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "r", "identity": {"sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": base64,
    }
    return json.dumps({**content, **changes}).encode()


@pytest.fixture
def make_event() -> Callable[..., bytes]:
    return event


@pytest.fixture
async def gates() -> AsyncIterator[Gates]:
    gates = Gates()
    server = await asyncio.start_server(gates.serve, "127.0.0.1", 0)
    gates.port = server.sockets[0].getsockname()[1]
    yield gates
    server.close()
    server.close_clients()


@asynccontextmanager
async def function_process(
    handler: str, log: Path, wrapper: Path, python: str = sys.executable, **extra: str
) -> AsyncIterator[Function]:
    api = RuntimeApi()
    address = await api.start()
    environ = {
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": "Chat",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "LAMBDA_TASK_ROOT": str(ROOT),
        "_HANDLER": f"tests.unit.lambda_stream.{handler}",
    }
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            wrapper,
            *(python, "-m", "awslambdaric", "as-lambda-starts-it"),
            env={**os.environ, **environ, **extra},
            stderr=stderr,
        )
    watch = asyncio.create_task(_watch(process, api))
    try:
        yield Function(api, address, process, log)
    finally:
        if process.returncode is None:
            process.kill()
        await watch
        await api.stop()


async def _watch(process: asyncio.subprocess.Process, api: RuntimeApi) -> None:
    api.process_died(f"exit status {await process.wait()}")


@pytest.fixture
async def start(tmp_path: Path, gates: Gates) -> AsyncIterator[StartFunction]:
    """Return a function that starts a process with a handler of this folder and variables."""
    async with AsyncExitStack() as processes:

        async def start(handler: str, wrapper: Path = WRAPPER, **extra: str) -> Function:
            # Generous, because a task may wait at a gate while the machine is busy.
            patient = {LEFTOVER_VARIABLE: "300", "GATES_PORT": str(gates.port)}
            extra = {**patient, **extra}
            process = function_process(handler, tmp_path / "stderr", wrapper, **extra)
            return await processes.enter_async_context(process)

        yield start
