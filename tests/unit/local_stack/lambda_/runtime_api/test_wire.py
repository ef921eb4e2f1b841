"""The bytes that a runtime client sends and receives."""

import asyncio
import base64
from typing import TYPE_CHECKING

import pytest

from local_stack.lambda_.runtime_api import LARGEST_BUFFERED_RESPONSE

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.runtime_api.conftest import Caller, Client


async def test_an_event_has_lambdas_headers(caller: "Caller", client: "Client") -> None:
    running = asyncio.create_task(caller.invoke(b'{"a": 1}'))
    client.send("GET", "/invocation/next")
    status, headers, payload = await client.receive()
    assert (status, payload) == (200, b'{"a": 1}')
    assert headers["lambda-runtime-aws-request-id"] == "one"
    assert headers["lambda-runtime-invoked-function-arn"] == "arn:f"
    assert headers["lambda-runtime-trace-id"] == "Root=1"
    assert headers["lambda-runtime-deadline-ms"] == str(caller.deadline_ms)
    running.cancel()


async def test_a_buffered_answer_is_one_chunk(caller: "Caller", client: "Client") -> None:
    running = await caller.running(client)
    assert await client.ask("POST", "/invocation/one/response", body=b"[1]") == 202
    answer = await running
    assert not answer.streaming
    assert [chunk async for chunk in answer.chunks] == [b"[1]"]
    assert answer.error is None


async def test_a_streamed_answer_arrives_before_its_end(caller: "Caller", client: "Client") -> None:
    running = await caller.running(client)
    client.begin_stream(b"")
    answer = await running
    assert answer.streaming
    for chunk in (b"first", b"second"):
        client.writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        assert await anext(answer.chunks) == chunk
    client.writer.write(b"0\r\n\r\n")
    assert await caller.body(answer) == b""
    assert answer.error is None
    assert (await client.receive())[0] == 202


async def test_trailers_report_an_error_within_a_stream(caller: "Caller", client: "Client") -> None:
    running = await caller.running(client)
    content = base64.b64encode(b'{"errorType": "E", "errorMessage": "m"}').decode()
    trailers = (
        "Lambda-Runtime-Function-Error-Type: E\r\n"
        f"Lambda-Runtime-Function-Error-Body: {content}\r\n"
    )
    client.begin_stream(f"4\r\nsome\r\n0\r\n{trailers}\r\n".encode())
    assert (await client.receive())[0] == 202
    assert await caller.error(await running) == ("E", "m")


async def test_trailers_too_long_for_lambda_break_the_answer(
    caller: "Caller", client: "Client"
) -> None:
    running = await caller.running(client)
    trailer = f"Lambda-Runtime-Function-Error-Body: {'x' * 4096}\r\n"
    client.begin_stream(f"0\r\n{trailer}\r\n".encode())
    assert await client.reader.read() == b""
    assert not (await running).ended.done()


async def test_a_posted_error_ends_the_answer(caller: "Caller", client: "Client") -> None:
    running = await caller.running(client)
    head = "Lambda-Runtime-Function-Error-Type: E\r\n"
    content = b'{"errorType": "other", "errorMessage": "m"}'
    assert await client.ask("POST", "/invocation/one/error", head, content) == 202
    answer = await running
    assert await caller.error(answer) == ("E", "m")
    assert answer.error is not None
    assert answer.error.payload == content


async def test_an_error_that_is_not_json_becomes_the_message(
    caller: "Caller", client: "Client"
) -> None:
    running = await caller.running(client)
    assert await client.ask("POST", "/invocation/one/error", body=b"it broke") == 202
    assert await caller.error(await running) == ("Unhandled", "it broke")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/invocation/other/response", 400),
        ("POST", "/invocation/other/error", 400),
        ("POST", "/invocation/one/restart", 404),
        ("GET", "/invocation/one/response", 404),
        ("POST", "/invocation/next", 404),
    ],
)
async def test_any_other_request_is_refused(
    caller: "Caller", client: "Client", method: str, path: str, status: int
) -> None:
    running = await caller.running(client)
    assert await client.ask(method, path, body=b"{}") == status
    assert await client.ask("POST", "/invocation/one/response", body=b"{}") == 202
    assert await caller.body(await running) == b"{}"


@pytest.mark.parametrize("kind", ["response", "error"])
async def test_only_the_first_answer_counts(caller: "Caller", client: "Client", kind: str) -> None:
    running = await caller.running(client)
    assert await client.ask("POST", "/invocation/one/response", body=b"1") == 202
    assert await client.ask("POST", f"/invocation/one/{kind}", body=b"2") == 403
    assert await caller.body(await running) == b"1"


@pytest.mark.parametrize(("more", "status"), [(0, 202), (1, 413)])
async def test_a_buffered_answer_has_a_limit(
    caller: "Caller", client: "Client", more: int, status: int
) -> None:
    running = await caller.running(client)
    large = b"x" * (LARGEST_BUFFERED_RESPONSE + more)
    assert await client.ask("POST", "/invocation/one/response", body=large) == status
    answer = await running
    assert (answer.error is None) == (status == 202)
    assert answer.error is None or answer.error.type == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Host: evil.example\r\n", 421),
        ("Origin: http://evil.example\r\n", 403),
        ("Sec-Fetch-Site: cross-site\r\n", 403),
    ],
)
async def test_a_web_page_cannot_take_an_event_or_end_the_function(
    caller: "Caller", client: "Client", second_client: "Client", head: str, status: int
) -> None:
    assert await client.ask("POST", "/init/error", head, b"{}") == status
    assert await client.ask("GET", "/invocation/next", head) == status
    running = await caller.running(second_client)
    assert await second_client.ask("POST", "/invocation/one/response", body=b"[1]") == 202
    assert (await running).error is None
