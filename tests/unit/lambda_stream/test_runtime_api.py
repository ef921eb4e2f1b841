"""The requests that the runtime sends to the Runtime API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from lambda_stream.error_report import ErrorReport
from lambda_stream.runtime_api import RuntimeApi
from local_stack.lambda_.runtime_api_connection import Connection, Headers

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import StartFunction

PREFIX = b"/2018-06-01/runtime/"
INVOCATION_ID = "lambda-runtime-invocation-id"
PATIENCE = 120.0


class RecordingApi:
    """Returns one event with `extra` headers. `seen` records each request and its headers."""

    def __init__(self, extra: Headers = ()) -> None:
        self.seen: dict[str, dict[str, str]] = {}
        self.polled = asyncio.Event()
        self._event = [
            (b"Lambda-Runtime-Aws-Request-Id", b"one"),
            (b"Lambda-Runtime-Deadline-Ms", b"9999999999999"),
            *extra,
        ]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with Connection(reader, writer) as connection:
            request = await connection.request()
            assert request is not None
            resource = request.target.removeprefix(PREFIX).decode()
            headers = {name.decode(): value.decode() for name, value in request.headers}
            self.seen[resource] = headers
            await connection.whole_body()
            if resource == "invocation/next":
                self.polled.set()
                await connection.respond(200, b"{}", self._event)
            else:
                await connection.respond(200 if request.method == b"GET" else 202, b"")


type Listen = Callable[[RecordingApi], Awaitable[str]]


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Return a function that starts a Runtime API and returns its address."""
    servers = []

    async def listen(api: RecordingApi) -> str:
        server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
        servers.append(server)
        host, port = server.sockets[0].getsockname()
        return f"{host}:{port}"

    yield listen
    for server in servers:
        server.close()
        server.close_clients()


async def test_every_answer_repeats_the_invocation_id(listen: Listen) -> None:
    recorder = RecordingApi([(b"Lambda-Runtime-Invocation-Id", b"attempt-1")])
    api = RuntimeApi(await listen(recorder))
    invocation = await api.next()
    await api.post_error(invocation, ErrorReport("Some", "thing"))
    assert recorder.seen["invocation/one/error"][INVOCATION_ID] == "attempt-1"
    await api.post_response(invocation, b"{}")
    assert recorder.seen["invocation/one/response"][INVOCATION_ID] == "attempt-1"
    stream = await api.open_response(invocation)
    stream.end({})
    await stream.accepted()
    streamed = recorder.seen["invocation/one/response"]
    assert streamed["transfer-encoding"] == "chunked"
    assert streamed[INVOCATION_ID] == "attempt-1"


async def test_an_invocation_without_an_id_is_answered_without_one(listen: Listen) -> None:
    recorder = RecordingApi()
    api = RuntimeApi(await listen(recorder))
    await api.post_response(await api.next(), b"{}")
    assert INVOCATION_ID not in recorder.seen["invocation/one/response"]


async def test_a_snapstart_process_asks_for_the_restore_before_its_first_event(
    listen: Listen, start: "StartFunction"
) -> None:
    recorder = RecordingApi()
    address = await listen(recorder)
    extra = {"AWS_LAMBDA_RUNTIME_API": address, "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
    await start("apps.empty", **extra)
    async with asyncio.timeout(PATIENCE):
        await recorder.polled.wait()
    assert list(recorder.seen)[:2] == ["restore/next", "invocation/next"]


async def test_another_process_does_not_ask_for_a_restore(
    listen: Listen, start: "StartFunction"
) -> None:
    recorder = RecordingApi()
    await start("apps.empty", AWS_LAMBDA_RUNTIME_API=await listen(recorder))
    async with asyncio.timeout(PATIENCE):
        await recorder.polled.wait()
    assert list(recorder.seen)[:1] == ["invocation/next"]
