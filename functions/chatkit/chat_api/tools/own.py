"""Our own MCP function, by direct Invoke."""

import httpx2

from chat_api.tools.bearers import tool_token
from chat_api.tools.server import Server
from chatcore.keys import Keys

NAME = "task"
# The address only fills the event's path and host; nothing resolves it.
URL = "http://mcp.internal/mcp"


def own_server(transport: httpx2.AsyncBaseTransport, keys: Keys) -> Server:
    """It is deployed with this function, so its revision is known."""
    return Server(NAME, URL, lambda: transport, tool_token(keys), current=True)
