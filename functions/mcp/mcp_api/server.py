"""The SDK's server, with one way to register a tool: through a `ToolServer`."""

from typing import Any, NoReturn

from mcp.server.caching import CacheHint
from mcp.server.mcpserver import MCPServer

from chatcore import __version__
from mcp_api.registration import strict_tools
from mcp_api.tool import InvalidTool
from mcp_api.tool_server import ToolServer

# The tools change only with a deployment, and are the same for every user.
LIST_CACHE = CacheHint(ttl_ms=5 * 60 * 1000, scope="public")


class McpServer(MCPServer[Any]):
    """Serves the tools of a `ToolServer`, and nothing that is added afterwards."""

    def __init__(self, tool_server: ToolServer) -> None:
        """Register the tools. Raise `InvalidTool` for one that is not safe to offer."""
        super().__init__(
            tool_server.name,
            title=tool_server.title,
            version=__version__,
            instructions=tool_server.instructions,
            tools=strict_tools(tool_server.tools, tool_server.scope),
            cache_hints={"tools/list": LIST_CACHE, "server/discover": LIST_CACHE},
            subscriptions=False,
            log_level="WARNING",
        )
        self.tool_server = tool_server

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise InvalidTool(
            "Add a mcp_api.tool.Tool to the tools of the ToolServer. A tool that is registered here"
            " would skip the checks of scope and arguments. Resources and prompts are not offered."
        )

    add_tool = tool = add_resource = resource = add_prompt = prompt = completion = _refuse
