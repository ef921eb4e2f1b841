"""A turn: an answer that is produced in a task of its own, independent of its listeners."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from chat_api.errors import CUT_OFF, GENERIC, error_event
from chat_api.sse import sse
from chat_api.turns.deadline import turn_ends
from chatcore.logs import described, logger

# Proxies cut silent streams; API Gateway does so after 5 minutes (regional endpoint).
SILENCE_SECONDS = 15.0
KEEP_ALIVE = b": keep-alive\n\n"
# A screen shows 60 frames a second, so events of one frame are sent together.
FRAME_SECONDS = 1 / 60


@dataclass(frozen=True)
class Pace:
    """The seconds between a turn's stop checks, and between its snapshots."""

    asks: float
    writes: float


UNHURRIED = Pace(asks=1.0, writes=5.0)


class Turn:
    """Runs a stream of SSE events to its end or its deadline, even if its client disconnects.

    A failure before the first event is raised by `begin`. A later one becomes an `error` event, and
    the stream ends in order. `seconds` is the time that the turn may take, None for no limit. Once
    a second the turn calls `asked_to_stop`; when that returns True, it ends in order and keeps the
    text so far. Any number of clients may listen, each from the first event.
    """

    def __init__(
        self,
        stream: AbstractAsyncContextManager[AsyncIterator[bytes]],
        *,
        seconds: float | None,
        asked_to_stop: Callable[[], Awaitable[bool]] | None = None,
        poll: float = UNHURRIED.asks,
    ) -> None:
        self._stream = stream
        self._seconds = seconds
        self._asked_to_stop = asked_to_stop
        self._poll = poll
        self._events: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._waiting: list[asyncio.Future[None]] = []
        self._changed_at = self._loop.time()
        self._silences = 0
        self._is_ending = False
        self._over = False
        self._failure: Exception | None = None
        self._stopped = False
        self._task = asyncio.create_task(self._run_until_stopped())

    async def begin(self) -> bool:
        """Wait for the first event. Return whether there is one; raise what failed before it."""
        while not self._events and not self._over:
            await self._change()
        if self._failure is not None:
            raise self._failure
        return bool(self._events)

    async def events(self) -> AsyncIterator[bytes]:
        """Yield the events as they arrive, and a comment line after each 15 s of silence.

        Events within one sixtieth of a second are joined to one piece.
        """
        sent, silences, sent_at = 0, self._silences, 0.0
        while True:
            if sent < len(self._events):
                early = sent_at + FRAME_SECONDS - self._loop.time()
                if early > 0 and not self._over:
                    await asyncio.sleep(early)
                news = self._events[sent:]
                sent, sent_at = sent + len(news), self._loop.time()
                yield b"".join(news)
            elif self._over:
                return
            else:
                await self._change()
                if self._silences > silences:
                    silences = self._silences
                    yield KEEP_ALIVE

    async def finished(self) -> None:
        """Return when the turn is over and all its writes are done."""
        await asyncio.wait([self._task])

    async def _run_until_stopped(self) -> None:
        running = asyncio.create_task(self._run())
        beside = [
            asyncio.create_task(each)
            for each in (self._stop_when_asked(running), self._note_silences())
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

    async def _note_silences(self) -> None:
        # One timer for the whole turn: a timer per event would take a tenth of its time.
        while True:
            await asyncio.sleep(self._changed_at + SILENCE_SECONDS - self._loop.time())
            if self._loop.time() >= self._changed_at + SILENCE_SECONDS:
                self._silences += 1
                self._wake()

    async def _run(self) -> None:
        bound = asyncio.timeout(self._seconds)
        if self._seconds is not None:
            turn_ends.set(self._loop.time() + self._seconds)
        try:
            async with bound, self._stream as events:
                try:
                    async for event in events:
                        self._put(event)
                finally:
                    self._is_ending = True
        except asyncio.CancelledError:
            if not self._stopped:
                self._put(sse(error_event(CUT_OFF)))
                raise
        except Exception as error:
            if bound.expired():
                logger.error("turn_cut_off")
                self._put(sse(error_event(CUT_OFF)))
            elif self._events:
                logger.error("turn_failed", **described(error))
                self._put(sse(error_event(GENERIC)))
            else:
                self._failure = error
        finally:
            self._over = True
            self._wake()

    def _put(self, event: bytes) -> None:
        self._events.append(event)
        self._wake()

    async def _change(self) -> None:
        """Wait until something has changed. An `asyncio.Event` would take twice as long."""
        waiter = self._loop.create_future()
        self._waiting.append(waiter)
        await waiter

    def _wake(self) -> None:
        self._changed_at = self._loop.time()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            # The future of a client that disconnected is already done.
            if not each.done():
                each.set_result(None)
