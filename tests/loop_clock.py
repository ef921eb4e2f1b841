"""The event loop's clock, in a test's hand: timeouts and pauses end when the test says so."""

import asyncio


class LoopClock:
    """Replaces the clock of an event loop, by which every timeout and pause of asyncio goes.

    Real time goes on passing unless `stand_still` is called; `skip` moves the clock forward.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._now = loop.time
        self._ahead = 0.0
        vars(loop)["time"] = self

    def __call__(self) -> float:
        return self._now() + self._ahead

    def skip(self, seconds: float) -> None:
        """Move forward. What is due by then happens when the caller next awaits something."""
        self._ahead += seconds

    def stand_still(self) -> None:
        """Let no time pass from now on but what is skipped."""
        now = self._now()
        self._now = lambda: now


async def let_time_pass(clock: LoopClock, seconds: float, step: float = 0.25) -> None:
    """Move the clock forward in small steps, and let all other tasks run after each."""
    for _ in range(round(seconds / step)):
        clock.skip(step)
        await asyncio.sleep(0)
