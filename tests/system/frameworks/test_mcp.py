"""A server of the MCP SDK on the streaming layer."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.system.frameworks.clients import Answer, Lambda, Request, Uvicorn
from tests.unit.lambda_stream.conftest import Gates, Reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.deep]

HEADERS = (
    ("accept", "application/json, text/event-stream"),
    ("content-type", "application/json"),
    ("mcp-protocol-version", "2025-11-25"),
)


def call(tool: str, **arguments: object) -> Request:
    params = {"name": tool, "arguments": arguments, "_meta": {"progressToken": 1}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return Request("/mcp", "POST", HEADERS, json.dumps(message).encode())


def result(answer: Answer) -> dict[str, Any]:
    (data,) = [
        line.removeprefix(b"data: ")
        for line in answer.body.splitlines()
        if line.startswith(b"data: {")
    ]
    found: dict[str, Any] = json.loads(data)["result"]
    return found


async def event(reply: Reply) -> dict[str, Any]:
    """Return the next event of a stream that is a message."""
    while True:
        lines = (await reply.until(b"\r\n\r\n")).splitlines()
        for line in lines:
            if line.startswith(b"data: {"):
                message: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return message


@pytest.mark.parametrize("tool", ["add", "broken"])
async def test_a_tool_answers_as_under_uvicorn(
    lambdas: Mapping[str, Lambda], uvicorns: Mapping[str, Uvicorn], tool: str
) -> None:
    request = call(tool, a=1, b=2)
    expected = result(await uvicorns["mcp"].ask(request))
    assert result(await lambdas["mcp"].ask(request)) == expected
    assert expected["isError"] is (tool == "broken")


async def test_progress_is_sent_before_the_tool_answers(
    lambdas: Mapping[str, Lambda], gates: Gates
) -> None:
    application = lambdas["mcp"]
    reply = await application.begin(call("slow", wait="mcp"))
    await reply.prelude()
    assert (await event(reply))["params"]["message"] == "one;"
    gates.open("mcp")
    assert (await event(reply))["result"]["content"][0]["text"] == "two;"
    await reply.rest()
    assert reply.answer.error is None
