"""The client against answers as servers may write them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from lambda_stream.http1 import Answer, Request

type Ask = Callable[[bytes], Awaitable[Answer]]


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    """Sends a request to a server that answers with these bytes and hangs up."""
    answers: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(await answers.get())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def ask(answer: bytes) -> Answer:
        answers.put_nowait(answer)
        return await (await Request.open(f"127.0.0.1:{port}", "GET", "/", {})).answer()

    yield ask
    server.close()


async def test_an_answer_with_a_length(ask: Ask) -> None:
    answer = await ask(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Case: Kept \r\n\r\nabc")
    assert answer == Answer(200, {"content-length": "3", "x-case": "Kept"}, b"abc")


async def test_a_chunked_answer_with_an_extension_and_a_trailer(ask: Ask) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await ask(head + b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n")
    assert answer.body == b"abc0123456789"


async def test_an_answer_that_ends_with_its_connection(ask: Ask) -> None:
    assert (await ask(b"HTTP/1.1 202 Accepted\r\n\r\nabc")).body == b"abc"


async def test_a_head_longer_than_a_stream_reader_takes_by_default(ask: Ask) -> None:
    long = "a" * 100_000
    answer = await ask(f"HTTP/1.1 200 OK\r\nX: {long}\r\n\r\n".encode())
    assert answer.headers["x"] == long


@pytest.mark.parametrize(
    "cut_off",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
async def test_an_answer_cut_off_is_a_connection_error(ask: Ask, cut_off: bytes) -> None:
    with pytest.raises(ConnectionError):
        await ask(cut_off)
