"""Size limits for a server's tools, which are part of every request to the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from mcp_types import Tool

from chat_api.model.texts import json_bytes, shorten, well_formed
from chatcore.logs import logger


@dataclass(frozen=True)
class ToolBounds:
    """How much of a server's tools a model receives, in bytes of JSON. `tools` is their number.

    OpenAI's Chat Completions refuses a description of more than 1,024 characters, and OpenAI more
    than 128 tools. A tool of 16,000 bytes costs 4,000 tokens at every step of every turn. All tools
    of a server may cost a quarter of the history that HISTORY_TOKENS allows. If they cost more,
    their descriptions are cut to `brief`.
    """

    description: int = 1_024
    brief: int = 200
    tool: int = 16_000
    server: int = 64_000
    tools: int = 128


BOUNDS = ToolBounds()


def within_bounds(tools: Sequence[Tool], server: str, bounds: ToolBounds) -> list[Tool]:
    """Return a server's tools with shortened descriptions, without those that are too big.

    Each tool that is left out is logged.
    """
    usable = [tool for tool in tools if _has_object_schema(tool)]
    shown = [_shortened(tool, bounds.description) for tool in usable]
    if sum(map(_cost, shown)) > bounds.server:
        shown = [_shortened(tool, bounds.brief) for tool in usable]
    kept: list[Tool] = []
    left = bounds.server
    for tool in shown:
        cost = _cost(tool)
        if cost <= min(bounds.tool, left):
            left -= cost
            kept.append(tool)
    names = {tool.name for tool in kept}
    for tool in tools:
        if tool.name not in names:
            logger.error("tool_left_out", server=server, tool=tool.name[:200], size=_cost(tool))
    return kept


def _cost(tool: Tool) -> int:
    return json_bytes([well_formed(tool.name), tool.description, tool.input_schema])


def _shortened(tool: Tool, room: int) -> Tool:
    """Return the tool with a description that fits. The title stands in for a missing one."""
    annotations = tool.annotations
    title = tool.title or (annotations and annotations.title)
    update: dict[str, object] = {
        "title": title and shorten(well_formed(title), room),
        "description": tool.description and shorten(well_formed(tool.description), room),
    }
    if annotations and annotations.title:
        update["annotations"] = annotations.model_copy(update={"title": None})
    return tool.model_copy(update=update)


def _has_object_schema(tool: Tool) -> bool:
    """Return whether the arguments are an object. Endpoints refuse all tools if one differs."""
    schema = tool.input_schema
    properties = schema.get("properties", {})
    return schema.get("type", "object") == "object" and isinstance(properties, dict)
