"""Only our `Tool` registers a tool, and a server offers nothing but tools."""

from collections.abc import Callable
from typing import Any

import pytest
from mcp.server.mcpserver.tools import Tool as SdkTool
from mcp_types import ToolAnnotations

from mcp_api.server import McpServer
from mcp_api.tool import InvalidTool
from mcp_api.tool_server import ToolServer
from tests.unit.mcp_api.conftest import notes_server
from tests.unit.mcp_api.function import Function

OUR_TOOL = r"mcp_api\.tool\.Tool"


def wipe(count: int) -> int:
    """Wipe this many."""
    return count


async def test_the_sdks_methods_that_register_a_tool_are_refused() -> None:
    server = McpServer(notes_server())
    with pytest.raises(InvalidTool, match=OUR_TOOL):
        server.add_tool(wipe, title="Wipe", annotations=ToolAnnotations(destructive_hint=True))
    with pytest.raises(InvalidTool, match=OUR_TOOL):
        server.tool(title="Wipe")
    assert [tool.name for tool in await server.list_tools()] == ["list_notes", "add_note"]


def test_tools_of_the_sdk_are_refused_by_the_constructor() -> None:
    tools: list[Any] = [SdkTool.from_function(wipe)]
    with pytest.raises(InvalidTool, match=OUR_TOOL):
        McpServer(ToolServer("x", "X", "Tools of a test.", scope="x", tools=tools))
    constructor: Any = McpServer
    with pytest.raises(TypeError):
        constructor(notes_server(), tools=tools)


def test_resources_and_prompts_are_not_offered() -> None:
    server = McpServer(notes_server())
    registrations: list[Callable[..., Any]] = [
        server.add_resource,
        server.resource,
        server.add_prompt,
        server.prompt,
        server.completion,
    ]
    for register in registrations:
        with pytest.raises(InvalidTool, match="Resources and prompts are not offered"):
            register()


def test_a_tool_is_offered_with_its_title_and_all_four_hints(function: Function) -> None:
    tools = function.listed()
    assert {tool["title"] for tool in tools.values()} == {"List the notes", "Add a note"}
    assert tools["add_note"]["annotations"] == {
        "readOnlyHint": False,
        "destructiveHint": False,
        "idempotentHint": False,
        "openWorldHint": False,
    }
