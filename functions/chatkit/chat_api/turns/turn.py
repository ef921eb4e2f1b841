"""A turn: an answer that is produced in a task of its own, independent of its listeners."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from chat_api.errors import CUT_OFF, GENERIC, error_event
from chat_api.sse import sse
from chat_api.turns.deadline import turn_ends
from chat_api.turns.event_log import EventLog
from chatcore.logs import described, logger


@dataclass(frozen=True)
class Pace:
    """The seconds between a turn's stop checks, and between its snapshots."""

    asks: float
    writes: float


UNHURRIED = Pace(asks=1.0, writes=5.0)


class Turn:
    """Runs a stream of events to its end or its deadline, even if its client disconnects.

    A failure before the first event is raised by `begin`. A later one, or reaching the deadline at
    any time, becomes an `error` event, and the stream ends normally. `encode` returns an event as
    it goes over the wire. `seconds` is the time that the turn may take, None for no limit. Every
    `poll` seconds the turn calls `asked_to_stop`; when that returns True, it ends normally and
    keeps the text so far. Any number of clients may listen, each from the first event. Events that
    arrive after `closes_first` returns True are sent once the stream is closed.
    """

    def __init__(
        self,
        stream: AbstractAsyncContextManager[AsyncIterator[Any]],
        *,
        encode: Callable[[Any], bytes],
        seconds: float | None,
        asked_to_stop: Callable[[], Awaitable[bool]] | None = None,
        poll: float = UNHURRIED.asks,
        closes_first: Callable[[], bool] = lambda: False,
    ) -> None:
        self._closes_first = closes_first
        self._stream = stream
        self._encode = encode
        self._seconds = seconds
        self._asked_to_stop = asked_to_stop
        self._poll = poll
        self._log = EventLog()
        # Events that are sent once the stream is closed.
        self._held: list[bytes] = []
        self._is_ending = False
        self._failure: Exception | None = None
        self._stopped = False
        self._task = asyncio.create_task(self._run_until_stopped())

    async def begin(self) -> bool:
        """Wait for the first event. Return whether there is one; raise what failed before it.

        Reaching the deadline is an event.
        """
        await self._log.begin()
        if self._failure is not None:
            raise self._failure
        return bool(self._log)

    def events(self) -> AsyncIterator[bytes]:
        """Return the events from the first one on, as `EventLog.listen` joins them."""
        return self._log.listen()

    async def finished(self) -> None:
        """Return when the turn is over and all its writes are done."""
        await asyncio.wait([self._task])

    async def _run_until_stopped(self) -> None:
        running = asyncio.create_task(self._run())
        beside = [
            asyncio.create_task(each)
            for each in (self._stop_when_asked(running), self._log.note_silences())
        ]
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            running.cancel()
            raise
        finally:
            for each in beside:
                each.cancel()
            await asyncio.wait([running, *beside])

    async def _stop_when_asked(self, running: asyncio.Task[None]) -> None:
        while self._asked_to_stop is not None:
            await asyncio.sleep(self._poll)
            # A turn that ends leaves the gate, which then looks like a request to stop it.
            if await self._asked_to_stop() and not self._is_ending:
                self._stopped = True
                running.cancel()
                return

    async def _run(self) -> None:
        bound = asyncio.timeout(self._seconds)
        if self._seconds is not None:
            turn_ends.set(asyncio.get_running_loop().time() + self._seconds)
        try:
            async with bound:
                try:
                    async with self._stream as events:
                        try:
                            async for event in events:
                                self._take(self._encode(event))
                        finally:
                            self._is_ending = True
                finally:
                    # Even if the close failed, what these events show is stored.
                    self._log.add(*self._held)
        except asyncio.CancelledError:
            if not self._stopped:
                self._log.add(sse(error_event(CUT_OFF)))
                raise
        except Exception as error:
            self._fail(error, is_late=bound.expired())
        finally:
            self._log.close()

    def _take(self, event: bytes) -> None:
        if self._closes_first():
            self._held.append(event)
        else:
            self._log.add(event)

    def _fail(self, error: Exception, *, is_late: bool) -> None:
        if is_late:
            logger.error("turn_cut_off")
            self._log.add(sse(error_event(CUT_OFF)))
        elif self._log:
            logger.error("turn_failed", **described(error))
            self._log.add(sse(error_event(GENERIC)))
        else:
            self._failure = error
