"""Which tools are run only after the person has approved the call."""

from typing import Literal

from mcp_types import Tool

from chat_api.tools.idempotency import digest

# Destructive: tools that do not declare that they only read or only add (MCP, ToolAnnotations).
type Approval = Literal["never", "destructive", "always"]


def asks_first(approval: Approval, tool: Tool) -> bool:
    """Return whether calls of a tool need approval. A tool without hints counts as destructive."""
    if approval != "destructive":
        return approval == "always"
    hints = tool.annotations
    return not (hints and (hints.read_only_hint or hints.destructive_hint is False))


def tool_digest(tool: Tool) -> str:
    """Return a text that changes when a tool's declaration does."""
    return digest(tool.model_dump(mode="json", by_alias=True, exclude_none=True))
