"""How long conversations are kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass

DAY = 86_400


@dataclass(frozen=True)
class Retention:
    """The days that a row is kept for, by a clock that returns seconds since 1970."""

    days: int
    now: Callable[[], float] = time.time

    def until(self) -> float:
        """Return when a row that is written now expires, in seconds since 1970."""
        return self.now() + self.days * DAY
