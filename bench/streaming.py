"""Measures whether and how fast a small application streams on three servers.

The servers are the streaming runtime and Mangum with AWS's runtime client, both behind the Runtime
API emulator, and uvicorn. For each one it prints the time to the first byte as a share
of a paced answer, and the events per second of a rushed answer as a multiple of uvicorn's. Mangum
does not stream, so it sends all events at once. The servers alternate, and the median counts. The
exit status is 1 if a limit is exceeded.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

import h11

from local_stack.lambda_.runtime_api import RuntimeApi
from local_stack.subprocesses import end, free_port, spawn

HERE = Path(__file__).parent
WRAPPER = HERE.parent / "layers" / "streaming" / "lambda-stream"
PACED_ROUNDS = 5
RUSHED_ROUNDS = 60
RUSHED_EVENTS = 2000
MAX_FIRST_BYTE = 0.05
MIN_RATE = 1.0


@dataclass(frozen=True)
class Answer:
    """The arrival times of an answer's first event and end, in seconds after the request."""

    first: float
    whole: float


class Server(Protocol):
    """A running server that answers requests for a path."""

    async def ask(self, path: str) -> Answer: ...


class Emulated:
    """A function process behind the Runtime API emulator."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api

    async def ask(self, path: str) -> Answer:
        await self._api.polled()
        started = time.perf_counter()
        answer = await self._api.invoke(
            _event(path),
            deadline_ms=int((time.time() + 60) * 1000),
            request_id=str(started),
            function_arn="arn",
            trace_id="",
        )
        return await _timed(started, answer.chunks)


class Served:
    """An ASGI server, called over HTTP by a client that reads like the emulator."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def ask(self, path: str) -> Answer:
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        http = h11.Connection(h11.CLIENT)
        request = h11.Request(
            method="POST", target=path, headers=[("host", "x"), ("content-length", "0")]
        )
        for event in (request, h11.EndOfMessage()):
            writer.write(http.send(event) or b"")
        answer = await _timed(started, _body(http, reader))
        writer.close()
        return answer


def _event(path: str) -> bytes:
    """Return a minimal REST API proxy event."""
    content = {
        "resource": path,
        "path": path,
        "httpMethod": "POST",
        "headers": {"host": "x"},
        "multiValueHeaders": {"host": ["x"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "r", "identity": {"sourceIp": "192.0.2.1"}},
        "body": None,
        "isBase64Encoded": False,
    }
    return json.dumps(content).encode()


async def _body(http: h11.Connection, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while not isinstance(event := http.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(64 * 1024))
        elif isinstance(event, h11.Data):
            yield bytes(event.data)


async def _timed(started: float, chunks: AsyncIterator[bytes]) -> Answer:
    first = 0.0
    async for chunk in chunks:
        if not first and b"data: " in chunk:
            first = time.perf_counter() - started
    return Answer(first, time.perf_counter() - started)


@asynccontextmanager
async def process(log: Path, *command: str, **variables: str) -> AsyncIterator[None]:
    environ = {**os.environ, "PYTHONPATH": str(HERE), "LAMBDA_TASK_ROOT": str(HERE), **variables}
    child = await spawn(command, environ, log)
    try:
        yield
    finally:
        await end(child)


async def emulated(running: AsyncExitStack, log: Path, handler: str, *wrapper: str) -> Server:
    """Start a function process behind the emulator, which ends with `running`."""
    api = RuntimeApi()
    address = await api.start()
    running.push_async_callback(api.stop)
    command = [*wrapper, sys.executable, "-m", "awslambdaric", handler]
    variables = {"AWS_LAMBDA_RUNTIME_API": address, "_HANDLER": handler}
    await running.enter_async_context(process(log, *command, **variables))
    return Emulated(api)


async def served(running: AsyncExitStack, log: Path) -> Server:
    """Start uvicorn, which ends with `running`, and wait until it answers."""
    port = free_port()
    options = ["--port", str(port), "--log-level", "error", "--no-access-log"]
    command = [sys.executable, "-m", "uvicorn", "streaming_app:app", *options]
    await running.enter_async_context(process(log, *command))
    server = Served(port)
    while True:
        try:
            await server.ask("/paced")
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            return server


async def measured(servers: dict[str, Server], path: str, rounds: int) -> dict[str, list[Answer]]:
    """Ask the servers alternately, after one answer each that does not count."""
    for server in servers.values():
        await server.ask(path)
    answers: dict[str, list[Answer]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, server in servers.items():
            answers[name].append(await server.ask(path))
    return answers


async def main() -> int:
    async with AsyncExitStack() as running:
        log = Path(running.enter_context(tempfile.TemporaryDirectory())) / "log"
        servers = {
            "streaming runtime": await emulated(running, log, "streaming_app.app", str(WRAPPER)),
            "uvicorn": await served(running, log),
            "Mangum": await emulated(running, log, "streaming_app.mangum"),
        }
        paced = await measured(servers, "/paced", PACED_ROUNDS)
        rushed = await measured(servers, "/rushed", RUSHED_ROUNDS)
    print(f"{'':20}first byte ÷ whole    events a second    ÷ uvicorn's")
    shares: dict[str, float] = {}
    rates: dict[str, float] = {}
    for name in servers:
        shares[name] = median(answer.first / answer.whole for answer in paced[name])
        events = RUSHED_EVENTS / median(answer.whole for answer in rushed[name])
        pairs = zip(rushed["uvicorn"], rushed[name], strict=True)
        rates[name] = median(uvicorn.whole / answer.whole for uvicorn, answer in pairs)
        print(f"  {name:18}{shares[name]:18.1%}{events:19,.0f}{rates[name]:15.2f}")
    within_limits = (
        shares["streaming runtime"] <= MAX_FIRST_BYTE and rates["streaming runtime"] >= MIN_RATE
    )
    print(f"  limits of the streaming runtime: ≤ {MAX_FIRST_BYTE:.0%} and ≥ {MIN_RATE:.2f}")
    return 0 if within_limits else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
