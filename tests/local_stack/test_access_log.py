"""The line per request."""

import re
from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local_stack.access_log import AccessLog


async def call(app: ASGIApp, write: Callable[[str], None]) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    scope = {"type": "http", "method": "POST", "raw_path": b"/chatkit", "headers": []}
    await AccessLog(app, write)(scope, receive, send)


async def test_an_answer_is_told_with_its_status_and_duration() -> None:
    lines: list[str] = []
    await call(PlainTextResponse("gone", 410), lines.append)
    assert re.fullmatch(r"POST /chatkit 410 \d+ ms", lines[0])


async def test_a_stream_that_was_cut_is_told() -> None:
    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    lines: list[str] = []
    await call(cut, lines.append)
    assert lines[0].endswith("ms, cut")


async def test_a_fault_of_the_stack_itself_is_told_with_its_place() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError(Request(scope).method)

    lines: list[str] = []
    with pytest.raises(LookupError):
        await call(broken, lines.append)
    assert "LookupError: POST" in lines[0]
    assert lines[1].startswith("POST /chatkit no answer")
