"""All tools of a turn, presented to the Agents SDK as one MCP server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
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
from chat_api.tools.tool_description import ToolDescription, in_plain_words
from chatcore.logs import logger


class Toolset(MCPServer):
    """Offers the tools of every reachable server, each under a name of its own.

    The first server is this deployment's own: its tools can also be called outside of a run,
    without listing them. After `patience` seconds the person reads which tools are slow.
    """

    def __init__(self, sessions: Sequence[ToolSession], *, keys: CallKeys, patience: float) -> None:
        super().__init__(tool_meta_resolver=lambda call: keys.next(call.tool_name, call.arguments))
        # Whether calls of the tool with that name wait for the person. A run sets it.
        self.needs_approval: Callable[[str], bool] = lambda _name: False
        self._sessions = sessions
        self._keys = keys
        self._patience = patience
        self._listing: asyncio.Task[list[Tool]] | None = None
        # By the name that the model knows: the server's session, and the tool as it is listed.
        self._tools: dict[str, tuple[ToolSession, Tool]] = {}
        self._turn: AgentContext[Any] | None = None
        self._announced: set[ToolSession] = set()

    @property
    def name(self) -> str:
        return "tools"

    @property
    def call_counts(self) -> dict[str, int]:
        """How many calls have an idempotency key so far, by call."""
        return self._keys.counts

    async def connect(self) -> None:
        """Do nothing: each session connects when it is first used."""

    async def cleanup(self) -> None:
        """End everything that is still running."""
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.wait([self._listing])
        await asyncio.gather(*(session.close() for session in self._sessions))

    async def list_tools(
        self,
        run_context: RunContextWrapper[Any] | None = None,
        agent: AgentBase[Any] | None = None,
    ) -> list[Tool]:
        """Return the tools of every server that answers. Each is asked once per turn."""
        if run_context is not None:
            self._turn = run_context.context
        if self._listing is None:
            self._listing = asyncio.create_task(self._all())
        return await asyncio.shield(self._listing)

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        """Return what the tool answers. Raises `ToolsUnavailable` outside of a run.

        Within a run, where every call has a key, the model gets that as the result and continues.
        """
        session, tool = self._tools.get(tool_name, (self._sessions[0], None))
        name = tool.name if tool else tool_name
        try:
            async with self._waiting(session):
                result = await session.call(name, arguments, meta)
                return result if meta is None else for_model(result)
        except ToolsUnavailable as error:
            if meta is None:
                raise
            await self._announce_lost(session)
            return failed(_for_model(session.server.label, error))

    async def call_approved(self, tool_name: str, arguments: dict[str, Any]) -> CallToolResult:
        """Return what a tool answers to a call that the person has approved, as within a run."""
        return await self.call_tool(
            tool_name, arguments, dict(self._keys.next(tool_name, arguments))
        )

    async def act(self, tool_name: str, arguments: dict[str, Any], key: str) -> CallToolResult:
        """Call one of our own tools with an idempotency key, outside of a run.

        Raise `AnswerLost` when the tool may have done its work, else `ToolsUnavailable`.
        """
        return await self._sessions[0].call(tool_name, arguments, {KEY: key})

    def find(self, tool_name: str) -> ToolDescription:
        """Return what the servers declare of a tool; for one that none lists, its bare name."""
        session, tool = self._tools.get(tool_name, (None, None))
        hints = tool.annotations if tool else None
        title = (tool and tool.title) or (hints and hints.title)
        return ToolDescription(
            title or in_plain_words(tool_name),
            read_only=hints.read_only_hint if hints else None,
            is_own=session in self._sessions[:1],
            server=session.server.label if session else "",
            declared=tool,
            approval=session.server.approval if session else "never",
        )

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return the names that no server offers; none before all servers have answered."""
        if not self._tools or any(session.lost for session in self._sessions):
            return []
        return [name for name in names if name not in self._tools]

    async def remark(self) -> str:
        """Return what the model must know beyond the list of tools; "" for nothing."""
        await self.list_tools()
        lost = ", ".join(session.server.label for session in self._sessions if session.lost)
        return lost and (
            f"Some tools cannot be reached right now: {lost}. When they would be needed, say so,"
            " and continue without them."
        )

    async def list_prompts(self) -> ListPromptsResult:
        return ListPromptsResult(prompts=[])

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None
    ) -> GetPromptResult:
        raise LookupError(f"There is no prompt {name!r}: none are offered.")

    async def _all(self) -> list[Tool]:
        offered = await asyncio.gather(*map(self._offered, self._sessions))
        shown: list[Tool] = []
        for session, tools in zip(self._sessions, offered, strict=True):
            for tool in tools:
                public = session.server.shown(tool)
                if len(shown) == session.server.bounds.tools:
                    logger.error("tool_left_out", server=session.server.name, tool=tool.name)
                elif public.name not in self._tools:
                    self._tools[public.name] = session, tool
                    shown.append(public)
        return shown

    async def _offered(self, session: ToolSession) -> list[Tool]:
        try:
            async with self._waiting(session):
                return await session.tools()
        except ToolsUnavailable:
            await self._announce_lost(session)
            return []

    def _get_needs_approval_for_tool(self, tool: Tool, agent: AgentBase[Any] | None) -> bool:
        """Return whether a run ends at a call of the tool.

        The SDK's public form of this rule is a function. With one, a run would also end at any call
        whose arguments cannot be read.
        """
        return self.needs_approval(tool.name)

    @asynccontextmanager
    async def _waiting(self, session: ToolSession) -> AsyncIterator[None]:
        reminder = asyncio.create_task(self._remind(session))
        try:
            yield
        finally:
            reminder.cancel()
            await asyncio.wait([reminder])

    async def _remind(self, session: ToolSession) -> None:
        await asyncio.sleep(self._patience)
        text = f"The {session.server.label} do not answer yet. Waiting for them"
        await self._send(ProgressUpdateEvent(icon="bolt", text=text))

    async def _announce_lost(self, session: ToolSession) -> None:
        if session not in self._announced:
            self._announced.add(session)
            message = f"The {session.server.label} cannot be reached right now."
            await self._send(NoticeEvent(level="warning", message=message))

    async def _send(self, event: ThreadStreamEvent) -> None:
        if self._turn is not None:
            await self._turn.stream(event)


def _for_model(label: str, error: ToolsUnavailable) -> str:
    """Return what the model gets in place of a result."""
    if isinstance(error, AnswerLost):
        return (
            f"The answer of the {label} was lost: it is not known whether this was done."
            " Say so, do not call it again now, and tell the user that they cannot be reached."
        )
    return (
        f"The {label} cannot be reached right now. Do not say that this was done; tell the"
        " user that they cannot be reached, and continue without them."
    )


PATIENCE_SECONDS = 3.0


class ToolServers:
    """The tool servers of the deployment. Our own MCP function is the first."""

    def __init__(self, servers: Sequence[Server], *, patience: float = PATIENCE_SECONDS) -> None:
        self._servers = servers
        self._patience = patience

    @asynccontextmanager
    async def connect(
        self, user: str, message_id: str = "", call_counts: Mapping[str, int] | None = None
    ) -> AsyncIterator[Toolset]:
        """Return the tools of one turn, with tokens of this user. No request is made yet.

        `message_id` is the message that the model answers. `call_counts` are those of a turn that
        continues after it waited.
        """
        tools = Toolset(
            [ToolSession(server, user) for server in self._servers],
            keys=CallKeys(message_id, call_counts),
            patience=self._patience,
        )
        try:
            yield tools
        finally:
            await tools.cleanup()
