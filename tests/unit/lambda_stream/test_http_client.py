"""The HTTP client against unusual and malformed responses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from lambda_stream.http_client import LONGEST_LINE, ClientRequest, ClientResponse
from lambda_stream.runtime_api import RuntimeApi

type Serve = Callable[[bytes], str]
type Ask = Callable[[bytes], Awaitable[ClientResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that sends these bytes and closes the connection; yield its address."""
    answers: asyncio.Queue[bytes] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(await answers.get())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def with_answer(answer: bytes) -> str:
        answers.put_nowait(answer)
        return f"127.0.0.1:{port}"

    yield with_answer
    server.close()


@pytest.fixture
def ask(serve: Serve) -> Ask:
    """Return a function that sends a request to a server with this answer."""

    async def ask(answer: bytes) -> ClientResponse:
        return await (await ClientRequest.open(serve(answer), "GET", "/", {})).response()

    return ask


async def test_a_response_with_a_content_length_is_read(ask: Ask) -> None:
    answer = await ask(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Case: Kept \r\n\r\nabc")
    assert answer == ClientResponse(200, {"content-length": "3", "x-case": "Kept"}, b"abc")


async def test_a_chunked_response_with_an_extension_and_a_trailer_is_read(ask: Ask) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await ask(head + b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n")
    assert answer.body == b"abc0123456789"


async def test_a_response_that_ends_with_its_connection_is_read(ask: Ask) -> None:
    assert (await ask(b"HTTP/1.1 202 Accepted\r\n\r\nabc")).body == b"abc"


async def test_a_head_longer_than_the_default_buffer_is_read(ask: Ask) -> None:
    long = "a" * 100_000
    answer = await ask(f"HTTP/1.1 200 OK\r\nX: {long}\r\n\r\n".encode())
    assert answer.headers["x"] == long


@pytest.mark.parametrize(
    "malformed",
    [
        b"\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 fine\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * (LONGEST_LINE + 1) + b"\r\n\r\n",
    ],
)
async def test_a_malformed_response_is_a_connection_error(ask: Ask, malformed: bytes) -> None:
    with pytest.raises(ConnectionError, match=r"not HTTP/1\.1"):
        await ask(malformed)


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        b"Lambda-Runtime-Aws-Request-Id: r\r\n",
        b"Lambda-Runtime-Aws-Request-Id: r\r\nLambda-Runtime-Deadline-Ms: soon\r\n",
    ],
)
async def test_an_event_without_its_headers_is_a_connection_error(
    serve: Serve, headers: bytes
) -> None:
    api = RuntimeApi(serve(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n{}"))
    with pytest.raises(ConnectionError, match="has no id or no deadline"):
        await api.next()


@pytest.mark.parametrize(
    "cut_off",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
async def test_a_truncated_response_is_a_connection_error(ask: Ask, cut_off: bytes) -> None:
    with pytest.raises(ConnectionError):
        await ask(cut_off)
