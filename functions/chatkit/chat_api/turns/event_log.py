"""The events of a turn so far, and the clients that listen to them."""

import asyncio
from collections.abc import AsyncIterator

# Proxies cut silent streams; API Gateway does so after 5 minutes (regional endpoint).
SILENCE_SECONDS = 15.0
KEEP_ALIVE = b": keep-alive\n\n"
# A screen shows 60 frames a second, so events of one frame are sent together.
FRAME_SECONDS = 1 / 60


class EventLog:
    """Keeps a turn's events. Any number of clients may listen, each from the first event."""

    def __init__(self) -> None:
        self._events: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Waiter] = []
        self._changed_at = self._loop.time()
        self._silences = 0
        self._is_closed = False

    def __bool__(self) -> bool:
        return bool(self._events)

    def add(self, *events: bytes) -> None:
        """Add events, which go out to all who listen."""
        self._events += events
        now = self._changed_at = self._loop.time()
        self._waiting = [each for each in self._waiting if not each.is_woken(now)]

    def close(self) -> None:
        """End the log: what is in it goes out at once, and nothing comes after it."""
        self._is_closed = True
        self._wake_all()

    async def begin(self) -> None:
        """Wait for the first event, or for the end of a log without any."""
        while not self._events and not self._is_closed:
            await self._change(0.0)

    async def listen(self) -> AsyncIterator[bytes]:
        """Yield the events as they arrive, and a comment line after each 15 s of silence.

        An event goes out at once if no piece went out within the last frame. Otherwise, it waits
        and is joined with those that follow. They go out with the first event after that frame, or
        one frame later if none comes: a timer at the end of each frame would cost as much processor
        time as the joining saves.
        """
        sent, silences, due = 0, self._silences, 0.0
        while True:
            is_new = sent < len(self._events)
            if is_new and (self._is_closed or self._loop.time() >= due):
                news = self._events[sent:]
                sent, due = sent + len(news), self._loop.time() + FRAME_SECONDS
                yield b"".join(news)
            elif self._is_closed:
                return
            else:
                await self._change(due, is_new=is_new)
                if self._silences > silences:
                    silences = self._silences
                    yield KEEP_ALIVE

    async def note_silences(self) -> None:
        """Note each silence, forever."""
        # One timer for the whole turn: a timer per event would take a tenth of its
        # processor time.
        while True:
            await asyncio.sleep(self._changed_at + SILENCE_SECONDS - self._loop.time())
            if self._loop.time() >= self._changed_at + SILENCE_SECONDS:
                self._silences += 1
                self._changed_at = self._loop.time()
                self._wake_all()

    async def _change(self, due: float, *, is_new: bool = False) -> None:
        """Wait for an event at `due` or later, for a silence, or for the end.

        If an event comes before `due`, wait at most until one frame after `due`. `is_new` is
        whether one is there already. An `asyncio.Event` would take twice as long.
        """
        waiter = _Waiter(self._loop, due)
        if is_new:
            waiter.hold()
        self._waiting.append(waiter)
        await waiter.future

    def _wake_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.wake()


class _Waiter:
    """A client that waits for events, which go out at `due` by the loop's clock, or later."""

    __slots__ = ("_due", "_loop", "_timer", "future")

    def __init__(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._loop = loop
        self._due = due
        self._timer: asyncio.TimerHandle | None = None
        self.future: asyncio.Future[None] = loop.create_future()

    def is_woken(self, now: float) -> bool:
        """Wake the client for a new event if it is due, and return whether it is awake."""
        if now >= self._due:
            self.wake()
        else:
            self.hold()
        return self.future.done()

    def hold(self) -> None:
        """Wake the client one frame after `due`, if no event does so before."""
        if self._timer is None:
            self._timer = self._loop.call_at(self._due + FRAME_SECONDS, self.wake)

    def wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # The future of a client that disconnected is already done.
        if not self.future.done():
            self.future.set_result(None)
