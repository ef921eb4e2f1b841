"""A turn's connection to one tool server, made when it is first needed."""

import asyncio
from collections.abc import Callable

from mcp import Client

from chatcore.logs import described, logger

# A server may hang when its session is ended, and the turn waits for that.
CLOSE_SECONDS = 2.0


class Connection:
    """Enters the SDK's client at the first use, and leaves it when it is closed.

    A task of its own does both, because calls come from many tasks and the SDK's client wants to
    be left by the one that entered it.
    """

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._entered: asyncio.Future[Client] | None = None
        self._holding: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def client(self) -> Client:
        """The client, connected; raises what connecting raised."""
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
