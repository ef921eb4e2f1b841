"""What is known of a tool, for the person and for the rules of approval."""

from dataclasses import dataclass

from mcp_types import Tool

from chat_api.tools.approval import Approval

LONGEST_TITLE = 80


@dataclass(frozen=True)
class ToolDescription:
    """A tool as its server declares it; `is_own` for the tools of this deployment's server.

    `server` is the server's name in sentences. `declared` is the declaration, None for a tool that
    no server lists, and `approval` the server's rule for it.
    """

    title: str
    read_only: bool | None
    is_own: bool
    server: str = ""
    declared: Tool | None = None
    approval: Approval = "never"


def in_plain_words(tool_name: str) -> str:
    """Return a name as words: "search_the_web" becomes "Search the web"."""
    words = " ".join(tool_name.replace("_", " ").replace("-", " ").split())[:LONGEST_TITLE]
    return words[:1].upper() + words[1:]
