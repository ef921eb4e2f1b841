"""All tools of a turn, as the Agents SDK takes them: one MCP server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from agents import AgentBase, RunContextWrapper
from agents.mcp import MCPServer
from chatkit.agents import AgentContext
from chatkit.types import NoticeEvent, ProgressUpdateEvent, ThreadStreamEvent
from mcp_types import CallToolResult, GetPromptResult, ListPromptsResult, Tool

from chat_api.tools.errors import AnswerLost, ToolsUnavailable
from chat_api.tools.idempotency import KEY, CallKeys
from chat_api.tools.results import for_model
from chat_api.tools.server import Server
from chat_api.tools.session import ToolSession, failed
from chatcore.logs import logger


class Toolset(MCPServer):
    """Offers the tools of every server that can be reached, each under a name of its own.

    The first server is ours: outside of a run its tools can be called without a list of them.
    After `patience` seconds a person is told which tools are being waited for.
    """

    def __init__(self, visits: Sequence[ToolSession], *, keys: CallKeys, patience: float) -> None:
        super().__init__(tool_meta_resolver=lambda call: keys.next(call.tool_name, call.arguments))
        self._visits = visits
        self._patience = patience
        self._listing: asyncio.Task[list[Tool]] | None = None
        self._places: dict[str, tuple[ToolSession, str]] = {}
        self._turn: AgentContext[Any] | None = None
        self._told: set[ToolSession] = set()

    @property
    def name(self) -> str:
        return "tools"

    async def connect(self) -> None:
        """Do nothing: a connection is made when it is first needed."""

    async def cleanup(self) -> None:
        """Leave nothing under way."""
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.wait([self._listing])
        await asyncio.gather(*(visit.close() for visit in self._visits))

    async def list_tools(
        self,
        run_context: RunContextWrapper[Any] | None = None,
        agent: AgentBase[Any] | None = None,
    ) -> list[Tool]:
        """Those of every server that answers, asked once a turn."""
        if run_context is not None:
            self._turn = run_context.context
        if self._listing is None:
            self._listing = asyncio.create_task(self._all())
        return await asyncio.shield(self._listing)

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        """What the tool answers. Raises `ToolsUnavailable` outside of a run.

        Within one, where every call has a key, the model is told instead, and goes on.
        """
        visit, name = self._places.get(tool_name, (self._visits[0], tool_name))
        try:
            async with self._waiting(visit):
                result = await visit.call(name, arguments, meta)
                return result if meta is None else for_model(result)
        except ToolsUnavailable as error:
            if meta is None:
                raise
            await self._tell_lost(visit)
            return failed(_for_model(visit.server.name, error))

    async def act(self, tool_name: str, arguments: dict[str, Any], key: str) -> CallToolResult:
        """Call one of our own tools under an idempotency key, outside of a run.

        Raises `AnswerLost` when the tool may have done its work, else `ToolsUnavailable`.
        """
        return await self._visits[0].call(tool_name, arguments, {KEY: key})

    async def remark(self) -> str:
        """What the model must know of the tools that its list does not show; "" for nothing."""
        await self.list_tools()
        lost = ", ".join(visit.server.name for visit in self._visits if visit.lost)
        return lost and (
            f"Some tools cannot be reached right now: {lost}. When they would be needed, say so,"
            " and go on without them."
        )

    async def list_prompts(self) -> ListPromptsResult:
        return ListPromptsResult(prompts=[])

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None
    ) -> GetPromptResult:
        raise LookupError(f"There is no prompt {name!r}: none are offered.")

    async def _all(self) -> list[Tool]:
        offered = await asyncio.gather(*map(self._offered, self._visits))
        shown: list[Tool] = []
        for visit, tools in zip(self._visits, offered, strict=True):
            for tool in tools:
                public = visit.server.shown(tool)
                if len(shown) == visit.server.bounds.tools:
                    logger.error("tool_left_out", server=visit.server.name, tool=tool.name)
                elif public.name not in self._places:
                    self._places[public.name] = visit, tool.name
                    shown.append(public)
        return shown

    async def _offered(self, visit: ToolSession) -> list[Tool]:
        try:
            async with self._waiting(visit):
                return await visit.tools()
        except ToolsUnavailable:
            await self._tell_lost(visit)
            return []

    @asynccontextmanager
    async def _waiting(self, visit: ToolSession) -> AsyncIterator[None]:
        reminder = asyncio.create_task(self._remind(visit))
        try:
            yield
        finally:
            reminder.cancel()
            await asyncio.wait([reminder])

    async def _remind(self, visit: ToolSession) -> None:
        await asyncio.sleep(self._patience)
        text = f"The {visit.server.name} tools do not answer yet. Waiting for them"
        await self._tell(ProgressUpdateEvent(icon="bolt", text=text))

    async def _tell_lost(self, visit: ToolSession) -> None:
        if visit not in self._told:
            self._told.add(visit)
            message = f"The {visit.server.name} tools cannot be reached right now."
            await self._tell(NoticeEvent(level="warning", message=message))

    async def _tell(self, event: ThreadStreamEvent) -> None:
        if self._turn is not None:
            await self._turn.stream(event)


def _for_model(server: str, error: ToolsUnavailable) -> str:
    """Return what the model is told in place of a result."""
    if isinstance(error, AnswerLost):
        return (
            f"The answer of the {server} tools was lost: it is not known whether this was done."
            " Say so, do not call it again now, and tell the user that they cannot be reached."
        )
    return (
        f"The {server} tools cannot be reached right now. Do not say that this was done; tell the"
        " user that they cannot be reached, and go on without them."
    )


PATIENCE_SECONDS = 3.0


class ToolServers:
    """Brings a turn to its tools; our own server is the first of them."""

    def __init__(self, servers: Sequence[Server], *, patience: float = PATIENCE_SECONDS) -> None:
        self._servers = servers
        self._patience = patience

    @asynccontextmanager
    async def connect(self, user: str, message_id: str = "") -> AsyncIterator[Toolset]:
        """The tools for the life of the context, under tokens of this user. No request is made.

        `message_id` is the message that the model answers with them.
        """
        tools = Toolset(
            [ToolSession(server, user) for server in self._servers],
            keys=CallKeys(message_id),
            patience=self._patience,
        )
        try:
            yield tools
        finally:
            await tools.cleanup()
