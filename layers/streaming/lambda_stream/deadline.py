"""When an invocation has to come to its end, so that Lambda need not end it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

MARGIN_SECONDS = 2.0


@dataclass(frozen=True)
class Deadline:
    """Times of the event loop's clock, in seconds.

    At `cancel_at` all work is cancelled, MARGIN_SECONDS before Lambda's deadline, or a quarter of
    left when that is less. The work may use half of the margin to finish in order; the other half
    is for the end of the response, which is given up at `end`.
    """

    cancel_at: float
    give_up_at: float
    end: float

    @classmethod
    def of(cls, deadline_ms: int, *, now: Callable[[], float] = time.time) -> Self:
        """Return the times for Lambda's own deadline, in milliseconds since the epoch."""
        left = max(0.0, deadline_ms / 1000 - now())
        end = asyncio.get_running_loop().time() + left
        margin = min(MARGIN_SECONDS, left / 4)
        return cls(cancel_at=end - margin, give_up_at=end - margin / 2, end=end)
