"""A small MCP server of another team: `python second_server.py SOCKET AUDIENCE SECRET`."""

import sys
from typing import Any

import jwt
import uvicorn
from mcp.server.mcpserver import Context, MCPServer

fd, audience, secret = sys.argv[1:]
server: MCPServer[Any] = MCPServer("weather", log_level="ERROR")


@server.tool()
def forecast(city: str, ctx: Context[Any, Any]) -> str:
    """Return tomorrow's weather in a city."""
    token = (ctx.headers or {})["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, secret, algorithms=["HS256"], audience=audience)
    return f"{claims['sub']} will see the sun in {city}."


uvicorn.run(server.streamable_http_app(), fd=int(fd), log_level="error")
