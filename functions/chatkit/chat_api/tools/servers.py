"""Every tool server that a turn may use, as the container knows them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chat_api.tools.call_keys import CallKeys
from chat_api.tools.server import Server
from chat_api.tools.turn_tools import TurnTools
from chat_api.tools.visit import Visit

PATIENCE_SECONDS = 3.0


class ToolServers:
    """Brings a turn to its tools; our own server is the first of them."""

    def __init__(self, servers: Sequence[Server], *, patience: float = PATIENCE_SECONDS) -> None:
        self._servers = servers
        self._patience = patience

    @asynccontextmanager
    async def connect(self, user: str, message_id: str = "") -> AsyncIterator[TurnTools]:
        """The tools for the life of the context, under tokens of this user. No request is made.

        `message_id` is the message that the model answers with them.
        """
        tools = TurnTools(
            [Visit(server, user) for server in self._servers],
            keys=CallKeys(message_id),
            patience=self._patience,
        )
        try:
            yield tools
        finally:
            await tools.cleanup()
