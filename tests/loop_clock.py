"""A clock of the event loop that the test moves, so that it decides when timeouts end."""

import asyncio


class LoopClock:
    """The clock of an event loop, which controls every timeout and pause of asyncio.

    Real time keeps passing unless `stand_still` is called. `skip` moves the clock forward.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._now = loop.time
        self._ahead = 0.0
        vars(loop)["time"] = self

    def __call__(self) -> float:
        return self._now() + self._ahead

    def skip(self, seconds: float) -> None:
        """Move the clock forward. Everything due by then runs when the caller next awaits."""
        self._ahead += seconds

    def stand_still(self) -> None:
        """Stop real time, so that only `skip` moves the clock."""
        now = self._now()
        self._now = lambda: now


async def let_time_pass(clock: LoopClock, seconds: float, step: float = 0.25) -> None:
    """Move the clock forward in small steps, and let all other tasks run after each one."""
    for _ in range(round(seconds / step)):
        clock.skip(step)
        await asyncio.sleep(0)
