"""An MCP server of the MCP SDK, without sessions, which would end with their environment."""

from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from tests.unit.lambda_stream.breakpoints import gate

server: MCPServer[Any] = MCPServer("example", log_level="ERROR")


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
async def slow(wait: str, ctx: Context[Any, Any]) -> str:
    """Report progress, and wait."""
    await ctx.report_progress(1, 2, "one;")
    await gate(wait)
    return "two;"


@server.tool()
def broken() -> str:
    """Fail."""
    raise LookupError("broken")


# By default, it accepts only requests to localhost.
app = server.streamable_http_app(
    stateless_http=True,
    transport_security=TransportSecuritySettings(allowed_hosts=["127.0.0.1"]),
)
