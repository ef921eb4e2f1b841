"""Functions that cannot be safe tools are refused at startup with a sentence."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Annotated, Any

import pytest
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.resolve import Resolve
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import BaseModel

from mcp_api.server import McpServer
from mcp_api.tool import InvalidTool, Tool
from mcp_api.tool_request import ToolRequest
from mcp_api.tool_server import ToolServer

HINTS = {"read_only": False, "destructive": True, "idempotent": False, "open_world": False}


def wipe(count: int) -> int:
    """Wipe this many."""
    return count


class Wiped(BaseModel):
    count: int


def serve(*functions: Callable[..., Any]) -> McpServer:
    tools = [Tool(each, "Do something", **HINTS) for each in functions]
    return McpServer(ToolServer("x", "X", "Tools of a test.", scope="x", tools=tools))


@pytest.mark.parametrize("name", ["wipe", "Wipe"])
def test_two_tools_whose_names_differ_only_in_case_are_refused(name: str) -> None:
    def another() -> int:
        """Do something else."""
        return 1

    another.__name__ = name
    with pytest.raises(InvalidTool, match="Two tools"):
        serve(wipe, another)


def without_docstring() -> int:
    return 1


def several(*counts: int) -> int:
    """Wipe."""
    return 1


def positional(count: int, /) -> int:
    """Wipe."""
    return count


def with_context(context: Context[Any, Any]) -> int:
    """Wipe."""
    return 1


def request_as_a_later_parameter(count: int, request: ToolRequest) -> int:
    """Wipe."""
    return 1


def request_with_a_default(request: ToolRequest | None = None) -> int:
    """Wipe."""
    return 1


def request_inside_an_argument(calls: dict[str, list[ToolRequest]]) -> int:
    """Wipe."""
    return 1


async def ask_user(context: Context[Any, Any]) -> str:
    return "yes"


def resolved(answer: Annotated[str, Resolve(ask_user)]) -> int:
    """Wipe."""
    return 1


def of_any_class(value: object, callback: Callable[[], int]) -> int:
    """Wipe."""
    return 1


def generator() -> Iterator[int]:
    """Wipe."""
    yield 1


async def async_generator() -> AsyncIterator[int]:
    """Wipe."""
    yield 1


def returns_anything() -> Any:
    """Wipe."""


def returns_a_class() -> object:
    """Wipe."""


def returns_a_protocol_type() -> Annotated[CallToolResult, Wiped]:
    """Wipe."""
    return CallToolResult(content=[])


def asks_for_more() -> int | InputRequiredResult:
    """Wipe."""
    return 1


def größe() -> int:
    """Wipe."""
    return 1


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (without_docstring, "no docstring"),
    (several, "counts must be a named and typed parameter"),
    (positional, "count must be a named and typed parameter"),
    (with_context, "take a ToolRequest instead"),
    (request_as_a_later_parameter, "only be a tool's first parameter"),
    (request_with_a_default, "only be a tool's first parameter"),
    (request_inside_an_argument, "only be a tool's first parameter"),
    (resolved, "to be resolved"),
    (of_any_class, "cannot be offered"),
    (generator, "is a generator"),
    (async_generator, "is a generator"),
    (returns_anything, "must declare the type"),
    (returns_a_class, "must declare the type"),
    (returns_a_protocol_type, "must declare the type"),
    (asks_for_more, "must declare the type"),
    (größe, "cannot be the name of a tool"),
    (lambda: 1, "cannot be the name of a tool"),
    (partial(wipe, 1), "cannot be the name of a tool"),
]


@pytest.mark.parametrize(("function", "sentence"), REFUSED)
def test_a_function_that_cannot_be_a_safe_tool_is_refused_at_startup(
    function: Callable[..., Any], sentence: str
) -> None:
    with pytest.raises(InvalidTool, match=sentence):
        serve(function)


def test_a_type_that_cannot_be_found_is_refused_at_startup() -> None:
    def hidden(value: int) -> int:
        """Wipe."""
        return 1

    hidden.__annotations__["value"] = "Missing"
    with pytest.raises(InvalidTool, match="'Missing' is not defined"):
        serve(hidden)


@pytest.mark.parametrize("missing", ["count", "return"])
def test_a_type_that_is_not_annotated_is_refused_at_startup(missing: str) -> None:
    def bare(count: int) -> int:
        """Wipe."""
        return 1

    del bare.__annotations__[missing]
    with pytest.raises(InvalidTool, match="type"):
        serve(bare)
