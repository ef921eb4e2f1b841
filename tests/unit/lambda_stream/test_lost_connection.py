"""The Runtime API closes the connection within a response, because the client is gone.

As under uvicorn, the application is notified and may continue.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Gates, StartFunction


class Relay:
    """Passes connections on to `target`, "host:port", until the test closes them."""

    def __init__(self) -> None:
        self.target: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.address = ""
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = (await self.target).partition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        pair = {writer, far_writer}
        self._open |= pair
        with suppress(OSError):
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._open -= pair
        for end in pair:
            end.close()

    def cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(64 * 1024):
        writer.write(data)
    if not writer.is_closing():
        writer.write_eof()


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield relay
    relay.cut()
    server.close()


async def test_the_application_continues_to_its_end(
    start: "StartFunction", gates: "Gates", relay: Relay
) -> None:
    function = await start("apps.two_chunks", AWS_LAMBDA_RUNTIME_API=relay.address)
    relay.target.set_result(function.address)
    reply = await function.invoke()
    await reply.prelude()
    relay.cut()
    gates.open("first")
    gates.open("second")
    await gates.reached("end")
    gates.open("end")
    await function.polled()
    assert await reply.error_type() == "Runtime.TruncatedResponse"


async def test_fastapi_stops_its_stream_and_runs_its_background_tasks(
    start: "StartFunction", gates: "Gates", relay: Relay
) -> None:
    function = await start("fastapi_app.app", AWS_LAMBDA_RUNTIME_API=relay.address)
    relay.target.set_result(function.address)
    reply = await function.invoke()
    await reply.prelude()
    await gates.reached("second")
    relay.cut()
    await gates.reached("background")
    gates.open("background")
    await function.polled()
    assert [line["message"] for line in function.log()] == ["the response was not delivered"]


async def test_the_next_event_is_served(
    start: "StartFunction", gates: "Gates", relay: Relay
) -> None:
    function = await start("apps.two_chunks", AWS_LAMBDA_RUNTIME_API=relay.address)
    relay.target.set_result(function.address)
    await (await function.invoke()).prelude()
    relay.cut()
    for name in ("first", "second", "end"):
        gates.open(name)
    assert await (await function.invoke()).body() == b"one;two;"


async def test_writes_to_a_lost_connection_are_dropped_and_logged_once(
    start: "StartFunction", gates: "Gates", relay: Relay
) -> None:
    function = await start("apps.many_chunks", AWS_LAMBDA_RUNTIME_API=relay.address)
    relay.target.set_result(function.address)
    await (await function.invoke()).prelude()
    relay.cut()
    gates.open("talk")
    gates.open("next word")
    await function.polled()
    assert [line["message"] for line in function.log()] == ["the response was not delivered"]
