"""How a test waits for what another process or thread does: for the thing itself."""

import time
from collections.abc import Callable

# A busy machine is slow; only what never happens takes this long.
PATIENCE = 300.0


def until[T](look: Callable[[], T]) -> T:
    """Look until there is something, and return it. Raise AssertionError after five minutes."""
    give_up = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < give_up, f"waited {PATIENCE:.0f} s for {look}"
        time.sleep(0.01)
    return found
