"""The lines that the terminal shows for requests."""

import json
import re

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local_stack.gateway.access_log import AccessLog


async def lines_of(
    app: ASGIApp,
    method: str = "POST",
    path: str = "/chatkit",
    body: bytes = b"",
    fails: bool = False,
) -> list[str]:
    lines: list[str] = []
    parts = [body[:7], body[7:]]

    async def receive() -> Message:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        pass

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        await app(scope, receive, send)

    scope = {"type": "http", "method": method, "raw_path": path.encode(), "headers": []}
    call = AccessLog(reading, lines.append)(scope, receive, send)
    if fails:
        with pytest.raises(LookupError):
            await call
    else:
        await call
    return lines


async def test_a_line_has_status_and_duration() -> None:
    [line] = await lines_of(PlainTextResponse("gone", 410))
    assert re.fullmatch(r"POST /chatkit 410 \d+ ms", line)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_files_of_the_page_and_preflights_have_no_line(method: str) -> None:
    assert await lines_of(PlainTextResponse("body {}"), method, "/chat.css") == []
    assert await lines_of(PlainTextResponse("", 304), method, "/chat.css") == []


async def test_a_missing_file_has_a_line() -> None:
    [line] = await lines_of(PlainTextResponse("", 404), "GET", "/chat.css")
    assert line.startswith("GET /chat.css 404")


async def test_a_line_names_the_operation_and_never_the_text() -> None:
    body = {"type": "threads.create", "params": {"input": "No one else reads this."}}
    [line] = await lines_of(PlainTextResponse(""), body=json.dumps(body).encode())
    assert line.startswith("POST /chatkit threads.create 200 ")
    assert "No one" not in line


CALL = {
    "jsonrpc": "2.0",
    "method": "tools/call",
    "params": {"name": "add_task", "arguments": {"title": "No one else reads this."}},
}


async def test_a_line_names_the_tool_of_a_call() -> None:
    [line] = await lines_of(PlainTextResponse(""), path="/mcp", body=json.dumps(CALL).encode())
    assert line.startswith("POST /mcp tools/call add_task 200 ")


async def test_a_line_names_function_and_tool_of_a_direct_call() -> None:
    event = {"httpMethod": "POST", "body": json.dumps(CALL)}
    path = "/2015-03-31/functions/McpFunction/invocations"
    [line] = await lines_of(PlainTextResponse(""), path=path, body=json.dumps(event).encode())
    assert line.startswith("invoke McpFunction tools/call add_task 200 ")
    assert "No one" not in line


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"[" * 5_000,
        b"[1]",
        b'{"type": 7}',
        b'{"type": "no operation: a text"}',
        b'{"type": "\\u001b[2J"}',
        b'{"body": {"type": "threads.create"}}',
        json.dumps({"type": "x" * 65}).encode(),
    ],
)
async def test_a_body_that_names_no_operation_adds_nothing(body: bytes) -> None:
    [line] = await lines_of(PlainTextResponse(""), body=body)
    assert re.fullmatch(r"POST /chatkit 200 \d+ ms", line)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_cut_stream_is_marked(method: str) -> None:
    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    [line] = await lines_of(cut, method)
    assert line.endswith("ms, cut")


async def test_a_bug_in_the_stack_is_logged_with_its_traceback() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError(scope["method"])

    lines = await lines_of(broken, fails=True)
    assert "LookupError: POST" in lines[0]
    assert lines[1].startswith("POST /chatkit no answer")
