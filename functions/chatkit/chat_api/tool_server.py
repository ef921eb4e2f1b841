"""The agent's way to its tools: MCP, with a token of the turn's user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
from agents.mcp import MCPServer, MCPServerStreamableHttp
from chatkit.errors import CustomStreamError

from chatcore.keys import Keys
from chatcore.logs import described, logger
from chatcore.tokens import TOOL_TOKEN

# The address only fills the event's path and host; nothing resolves it.
URL = "http://mcp.internal/mcp"
SCOPE = "tasks"
# A cold start of the function, with room; the SDK's default of 5 s is less than one.
TIMEOUT_SECONDS = 25.0


class ToolsUnavailable(CustomStreamError):
    """The tool server cannot be reached."""

    def __init__(self) -> None:
        super().__init__(
            "Your tools cannot be reached right now. Please try again in a moment.",
            allow_retry=True,
        )


class ToolServer:
    """Connects a turn to the MCP function; one token a turn."""

    def __init__(self, transport: Callable[[], httpx2.AsyncBaseTransport], keys: Keys) -> None:
        self._transport = transport
        self._keys = keys

    @asynccontextmanager
    async def connect(self, user: str) -> AsyncIterator[MCPServer]:
        """The connected server, for the life of the context. Raises `ToolsUnavailable`."""
        key = await asyncio.to_thread(self._keys.signing)
        token = TOOL_TOKEN.mint(key, user, scope=SCOPE).token
        server = MCPServerStreamableHttp(
            name="tools",
            params={
                "url": URL,
                "headers": {"Authorization": f"Bearer {token}"},
                "timeout": TIMEOUT_SECONDS,
                "terminate_on_close": False,
                "httpx_client_factory": self._http_client,
            },
            cache_tools_list=True,
            client_session_timeout_seconds=TIMEOUT_SECONDS,
        )
        try:
            await server.connect()
        except Exception as error:
            logger.error("tools_unavailable", **described(error))
            await server.cleanup()
            raise ToolsUnavailable from error
        try:
            yield server
        finally:
            await server.cleanup()

    def _http_client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=self._transport(), headers=headers, timeout=timeout, auth=auth
        )
