"""A tool server with odd answers or tools, and a model with odd arguments."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from mcp_types import CallToolResult, TextContent

from chat_api.tools.server import Server
from chat_api.tools.tool_bounds import ToolBounds
from chat_api.tools.toolset import ToolServers, Toolset

URL = "http://127.0.0.1:1/mcp"
# Every tool call of a run has an idempotency key.
META = {"key": "k"}


class OddServer:
    """Answers with JSON-RPC results supplied by the test."""

    def __init__(self) -> None:
        self.returned: dict[str, Any] = {"content": []}
        self.tools = ["weather"]

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        if "id" not in asked:
            return httpx2.Response(202)
        answer = {"jsonrpc": "2.0", "id": asked["id"]}
        results: dict[str, Any] = {
            "initialize": {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "odd", "version": "1"},
            },
            "tools/list": {
                "tools": [{"name": name, "inputSchema": {"type": "object"}} for name in self.tools]
            },
            "tools/call": self.returned,
        }
        if asked["method"] in results:
            return httpx2.Response(200, json=answer | {"result": results[asked["method"]]})
        unknown = {"code": -32601, "message": "Method not found"}
        return httpx2.Response(200, json=answer | {"error": unknown})


@pytest.fixture
def odd() -> OddServer:
    return OddServer()


@pytest.fixture
async def tools(odd: OddServer) -> AsyncIterator[Toolset]:
    transport = httpx2.MockTransport(odd.handle)
    servers = [
        Server(name, URL, lambda: transport, None, prefix=name, bounds=ToolBounds(tools=5))
        for name in ("odd", "even")
    ]
    async with ToolServers(servers).connect("alice") as tools:
        yield tools


async def call(tools: Toolset) -> CallToolResult:
    await tools.list_tools()
    return await tools.call_tool("odd__weather", {}, META)


def text(result: CallToolResult) -> str:
    [block] = result.content
    assert isinstance(block, TextContent)
    return block.text


async def test_structured_content_without_text_reaches_the_model(
    odd: OddServer, tools: Toolset
) -> None:
    odd.returned = {"content": [], "structuredContent": {"sky": "green"}}
    assert text(await call(tools)) == '{"sky":"green"}'


async def test_a_result_of_40_mb_is_shortened(odd: OddServer, tools: Toolset) -> None:
    odd.returned = {"content": [{"type": "text", "text": "x" * 40_000_000}]}
    assert 99_000 < len(text(await call(tools))) <= 100_000


async def test_content_of_an_unknown_type_does_not_disable_the_server(
    odd: OddServer, tools: Toolset, logged: list[dict[str, Any]]
) -> None:
    odd.returned = {"content": [{"type": "hologram", "data": "x"}]}
    result = await call(tools)
    assert result.is_error
    assert "could not be read" in text(result)
    assert "tool_result_unreadable" in [line["message"] for line in logged]
    odd.returned = {"content": [{"type": "text", "text": "Sun."}]}
    assert text(await call(tools)) == "Sun."


async def test_no_more_tools_are_offered_than_endpoints_accept(
    odd: OddServer, tools: Toolset, logged: list[dict[str, Any]]
) -> None:
    odd.tools = ["a", "b", "c", "d"]
    names = [tool.name for tool in await tools.list_tools()]
    assert names == ["odd__a", "odd__b", "odd__c", "odd__d", "even__a"]
    left_out = [line["tool"] for line in logged if line["message"] == "tool_left_out"]
    assert left_out == ["b", "c", "d"]


@pytest.mark.parametrize("word", ["\ud83d", "\x00", "x" * 1_000_000, float("inf"), float("nan")])
async def test_a_models_odd_arguments_do_not_disable_the_server(
    odd: OddServer, tools: Toolset, word: Any
) -> None:
    odd.returned = {"content": [{"type": "text", "text": "Sun."}]}
    await tools.list_tools()
    result = await tools.call_tool("odd__weather", {"word": word}, META)
    assert text(result) == "Sun."
