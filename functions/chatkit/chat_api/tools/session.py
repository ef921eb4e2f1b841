"""A turn's session with one tool server."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mcp import Client, MCPError
from mcp_types import (
    HEADER_MISMATCH,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    TextContent,
    Tool,
)
from pydantic import ValidationError

from chat_api.model.texts import well_formed_json
from chat_api.tools.errors import AnswerLost, ToolsUnavailable
from chat_api.tools.server import Server
from chat_api.tools.tool_bounds import within_bounds
from chat_api.tools.tool_cache import list_all_tools
from chat_api.tools.transport import LOST, UNREACHABLE
from chatcore.logs import described, logger

# A server may hang while its session ends, and the turn waits for it.
CLOSE_SECONDS = 2.0


class Connection:
    """Connects the SDK's client at its first use, and disconnects it when closed.

    A task of its own does both: calls come from many tasks, and the SDK's client must be exited by
    the task that entered it.
    """

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._entered: asyncio.Future[Client] | None = None
        self._holding: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def client(self) -> Client:
        """Return the connected client. Raise what connecting raised."""
        if self._entered is None:
            self._entered = asyncio.get_running_loop().create_future()
            self._holding = asyncio.create_task(self._hold(self._entered))
        return await asyncio.shield(self._entered)

    async def close(self) -> None:
        if self._holding is None or self._entered is None:
            return
        self._closing.set()
        if self._entered.done():
            await asyncio.wait([self._holding], timeout=CLOSE_SECONDS)
        self._holding.cancel()
        await asyncio.wait([self._holding])

    async def _hold(self, entered: asyncio.Future[Client]) -> None:
        try:
            async with self._make() as client:
                entered.set_result(client)
                await self._closing.wait()
        except asyncio.CancelledError:
            entered.cancel()
            raise
        except Exception as error:
            if entered.done():
                logger.error("tool_connection_lost", **described(error))
            else:
                entered.set_exception(error)


class ToolSession:
    """Lists and calls a server's tools for one turn of one user. Connects only when needed.

    Once the server has been out of reach, no further call is sent to it in this turn.
    """

    def __init__(self, server: Server, user: str) -> None:
        self.server = server
        self.lost = False
        self._user = user
        self._connection = Connection(lambda: server.client(user))

    async def tools(self) -> list[Tool]:
        """Return the server's tools. Raise `ToolsUnavailable`."""
        known = self.server.listings.fresh(self._user)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(self.server.list_seconds):
                client = await self._connection.client()
                listing = await list_all_tools(client)
        except Exception as error:
            raise self._out_of_reach(error) from error
        self.server.learn(client)
        tools = within_bounds(listing.tools, self.server.name, self.server.bounds)
        listing = replace(listing, tools=tools)
        self.server.listings.keep(self._user, listing)
        return tools

    async def call(
        self, tool: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        """Return what the tool answers, even if that is an error.

        Raise `AnswerLost` when the tool may have done its work, else `ToolsUnavailable`.
        """
        if self.lost:
            raise ToolsUnavailable
        # A model may write half a surrogate pair as an escape, which would break the connection.
        arguments = well_formed_json(arguments)
        params = CallToolRequestParams(name=tool, arguments=arguments, _meta=meta)
        try:
            return await self._send(CallToolRequest(params=params))
        except ToolsUnavailable:
            raise
        except MCPError as error:
            if error.code == UNREACHABLE:
                raise self._out_of_reach(error) from error
            if error.code in (LOST, REQUEST_TIMEOUT):
                raise self._lost(error) from error
            logger.warning("tool_call_refused", server=self.server.name, code=error.code)
            return failed(error.message)
        except ValidationError as error:
            # For example a kind of content that this version does not know.
            logger.error("tool_result_unreadable", server=self.server.name, **described(error))
            return failed("The tool answered, but its answer could not be read.")
        except Exception as error:
            raise self._lost(error) from error

    async def close(self) -> None:
        await self._connection.close()

    async def _send(self, request: CallToolRequest) -> CallToolResult:
        try:
            client = await self._connection.client()
        except Exception as error:
            raise self._out_of_reach(error) from error
        # The SDK's call_tool would list the tools again, to check results against them.
        try:
            return await client.session.send_request(request, CallToolResult)
        except MCPError as error:
            if error.code != HEADER_MISMATCH:
                raise
            # The server wants arguments repeated in headers; listing shows the session which ones.
            await client.list_tools()
            return await client.session.send_request(request, CallToolResult)

    def _out_of_reach(self, error: Exception) -> ToolsUnavailable:
        self._give_up(error)
        return ToolsUnavailable()

    def _lost(self, error: Exception) -> AnswerLost:
        self._give_up(error)
        return AnswerLost()

    def _give_up(self, error: Exception) -> None:
        self.lost = True
        self.server.forget(silent=_is_timeout(error))
        logger.error("tools_unavailable", server=self.server.name, **described(error))


def _is_timeout(error: Exception) -> bool:
    is_request_timeout = isinstance(error, MCPError) and error.code == REQUEST_TIMEOUT
    return is_request_timeout or isinstance(error, TimeoutError)


def failed(sentence: str) -> CallToolResult:
    """Return a failed result with a sentence for the model."""
    return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)
