"""The SDK's server, with one way to register a tool: through a `ToolServer`."""

from typing import Any, NoReturn

from mcp.server.caching import CacheHint
from mcp.server.mcpserver import MCPServer

from chatcore import __version__
from mcp_api.registration import strict_tools
from mcp_api.tool import InvalidTool
from mcp_api.tool_server import ToolServer

# The tools change only with a deployment, and are the same for every user.
LISTED_FOR = CacheHint(ttl_ms=5 * 60 * 1000, scope="public")


class McpServer(MCPServer[Any]):
    """Serves the tools of a `ToolServer`, and nothing that is added afterwards."""

    def __init__(self, offered: ToolServer) -> None:
        """Raise `InvalidTool` for a tool that is not safe to offer."""
        super().__init__(
            offered.name,
            title=offered.title,
            version=__version__,
            instructions=offered.instructions,
            tools=strict_tools(offered.tools, offered.scope),
            cache_hints={"tools/list": LISTED_FOR, "server/discover": LISTED_FOR},
            subscriptions=False,
            log_level="WARNING",
        )
        self.offered = offered

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise InvalidTool(
            "Add a mcp_api.tool.Tool to the tools of the ToolServer. A tool that is registered here"
            " would skip the checks of scope and arguments. Resources and prompts are not offered."
        )

    add_tool = tool = add_resource = resource = add_prompt = prompt = completion = _refuse
