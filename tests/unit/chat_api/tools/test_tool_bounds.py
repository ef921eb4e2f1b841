"""Limits on the size of a server's tools in each model request."""

import json
from typing import Any

import pytest
from mcp_types import Tool, ToolAnnotations

from chat_api.tools.tool_bounds import BOUNDS, ToolBounds, within_bounds

Logged = list[dict[str, Any]]


def tool(name: str, description: str = "Does it.", **schema: Any) -> Tool:
    schema = {"type": "object"} | schema
    return Tool(name=name, description=description, input_schema=schema)


def left_out(logged: Logged) -> list[str]:
    return [line["tool"] for line in logged if line["message"] == "tool_left_out"]


def test_tools_within_the_limits_are_unchanged(logged: Logged) -> None:
    tools = [tool("a"), tool("b")]
    assert within_bounds(tools, "x", BOUNDS) == tools
    assert left_out(logged) == []


@pytest.mark.parametrize("letter", ["a", "ж", "😀"])
def test_a_long_description_is_shortened(logged: Logged, letter: str) -> None:
    [shown] = within_bounds([tool("a", "Begin " + letter * 1_000_000)], "x", BOUNDS)
    assert shown.description is not None
    assert shown.description.startswith("Begin")
    assert len(shown.description.encode()) <= BOUNDS.description
    assert left_out(logged) == []


def test_a_title_used_as_a_description_is_shortened() -> None:
    bare = Tool(name="a", input_schema={"type": "object"})
    long = ToolAnnotations(title="t" * 5_000)
    for each in (
        bare.model_copy(update={"title": "t" * 5_000}),
        bare.model_copy(update={"annotations": long}),
    ):
        [shown] = within_bounds([each], "x", BOUNDS)
        assert shown.title is not None
        assert len(shown.title) <= BOUNDS.description
        assert len(json.dumps(shown.model_dump(mode="json"))) < 2_000


def test_only_the_tool_that_is_too_large_is_left_out(logged: Logged) -> None:
    huge = tool("huge", properties={"a": {"enum": ["x" * 100] * 1_000}})
    shown = within_bounds([tool("a"), huge, tool("b")], "x", BOUNDS)
    assert [each.name for each in shown] == ["a", "b"]
    assert left_out(logged) == ["huge"]


@pytest.mark.parametrize("schema", [{"type": "string"}, {"properties": ["a"]}])
def test_only_the_tool_without_named_arguments_is_left_out(
    logged: Logged, schema: dict[str, Any]
) -> None:
    shown = within_bounds([tool("odd", **schema), tool("a")], "x", BOUNDS)
    assert [each.name for each in shown] == ["a"]
    assert left_out(logged) == ["odd"]


def test_tools_that_are_too_large_together_get_short_descriptions(logged: Logged) -> None:
    tools = [tool(f"t{number}", "d" * 1_000) for number in range(40)]
    shown = within_bounds(tools, "x", ToolBounds(server=20_000))
    assert len(shown) == 40
    assert all(len(each.description or "") <= 200 for each in shown)
    assert left_out(logged) == []


def test_tools_too_large_even_with_short_descriptions_are_left_out(logged: Logged) -> None:
    tools = [tool(f"t{number}", "d" * 1_000) for number in range(40)]
    shown = within_bounds(tools, "x", ToolBounds(server=5_000))
    assert 10 < len(shown) < 40
    assert left_out(logged) == [f"t{number}" for number in range(len(shown), 40)]
