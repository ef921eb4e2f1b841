"""Which models failed a moment ago."""

import time
from collections.abc import Callable

# Long enough for the steps of a turn, short enough that a model that works again is soon used.
OUTAGE_SECONDS = 60.0


class Outages:
    """Remembers failed models for a minute, so that no other request waits for them again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def note(self, model: str) -> None:
        """Note that a model failed."""
        self._until[model] = self._clock() + OUTAGE_SECONDS

    def has(self, model: str) -> bool:
        return self._clock() < self._until.get(model, float("-inf"))
