"""Waiting for an event in another process or thread."""

import time
from collections.abc import Awaitable, Callable

# Generous, because a busy machine is slow. Only a failing test waits this long.
PATIENCE = 300.0


async def awaited[T](look: Callable[[], Awaitable[T]]) -> T:
    """Await `look` until its result is true, and return it. Raise AssertionError after 5 min."""
    give_up = time.monotonic() + PATIENCE
    while not (found := await look()):
        assert time.monotonic() < give_up, f"waited {PATIENCE:.0f} s for {look}"
    return found


def until[T](look: Callable[[], T]) -> T:
    """Call `look` until its result is true, and return it. Raise AssertionError after 5 minutes."""
    give_up = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < give_up, f"waited {PATIENCE:.0f} s for {look}"
        time.sleep(0.01)
    return found
