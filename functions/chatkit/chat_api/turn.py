"""A turn: an answer that is made in a task of its own, whoever listens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from chat_api.failures import CUT_OFF, GENERIC, error_event
from chatcore.logs import described, logger

# Proxies cut a silent stream; API Gateway after 5 minutes on a regional endpoint.
SILENCE_SECONDS = 15.0
# How often a turn asks whether it is to stop.
POLL_SECONDS = 1.0
KEEP_ALIVE = b": keep-alive\n\n"


class Turn:
    """Runs a stream of SSE events to its end, or to its deadline, also when its client leaves.

    What fails before the first event is raised by `begin`; later it becomes an `error` event, and
    the stream ends in order. `seconds` is the time the turn may take, None for no bound. Once a
    second it asks `asked_to_stop`, and then ends in order with what it has said so far.
    """

    def __init__(
        self,
        stream: AsyncGenerator[bytes],
        *,
        seconds: float | None,
        silence: float = SILENCE_SECONDS,
        asked_to_stop: Callable[[], Awaitable[bool]] | None = None,
        poll: float = POLL_SECONDS,
    ) -> None:
        self._stream = stream
        self._seconds = seconds
        self._silence = silence
        self._asked_to_stop = asked_to_stop
        self._poll = poll
        self._events: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._first: bytes | None = None
        self._failure: Exception | None = None
        self._begun = False
        self._stopped = False
        self._task = asyncio.create_task(self._run_until_stopped())

    async def begin(self) -> bool:
        """Wait for the first event; False when there is none. Raises what failed before it."""
        self._first = await self._events.get()
        if self._failure is not None:
            raise self._failure
        return self._first is not None

    async def events(self) -> AsyncIterator[bytes]:
        """The events as they are made, with a comment line after each 15 s of silence."""
        event = self._first
        while event is not None:
            yield event
            try:
                event = await asyncio.wait_for(self._events.get(), self._silence)
            except TimeoutError:
                event = KEEP_ALIVE

    async def finished(self) -> None:
        """Return when the turn is over and all its writes are done."""
        await asyncio.wait([self._task])

    async def _run_until_stopped(self) -> None:
        running = asyncio.create_task(self._run())
        watching = asyncio.create_task(self._stop_when_asked(running))
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            running.cancel()
            raise
        finally:
            watching.cancel()
            await asyncio.wait([running, watching])

    async def _stop_when_asked(self, running: asyncio.Task[None]) -> None:
        while self._asked_to_stop is not None:
            await asyncio.sleep(self._poll)
            if await self._asked_to_stop():
                self._stopped = True
                running.cancel()
                return

    async def _run(self) -> None:
        bound = asyncio.timeout(self._seconds)
        try:
            async with bound, aclosing(self._stream):
                async for event in self._stream:
                    self._put(event)
        except asyncio.CancelledError:
            if not self._stopped:
                self._put_error(CUT_OFF)
                raise
        except Exception as error:
            if bound.expired():
                logger.error("turn_cut_off")
                self._put_error(CUT_OFF)
            elif self._begun:
                logger.error("turn_failed", **described(error))
                self._put_error(GENERIC)
            else:
                self._failure = error
        finally:
            self._events.put_nowait(None)

    def _put(self, event: bytes) -> None:
        self._begun = True
        self._events.put_nowait(event)

    def _put_error(self, message: str) -> None:
        event = error_event(message).model_dump_json(exclude_none=True)
        self._put(b"data: " + event.encode() + b"\n\n")
