"""The times at which an invocation must end, so that Lambda does not cut it off."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

MARGIN_SECONDS = 2.0


@dataclass(frozen=True)
class Deadline:
    """Times on the event loop's clock, in seconds.

    At `cancel_at` all work is canceled: MARGIN_SECONDS before Lambda's deadline, or a quarter of
    the remaining time if that is less. Canceled work may clean up until `give_up_at`, half of that
    margin later. The runtime waits for the delivery of the response until `end`, Lambda's deadline.
    """

    cancel_at: float
    give_up_at: float
    end: float

    @classmethod
    def of(cls, deadline_ms: int, *, now: Callable[[], float] = time.time) -> Self:
        """Return the times for Lambda's deadline, given in milliseconds since the epoch."""
        remaining = max(0.0, deadline_ms / 1000 - now())
        end = asyncio.get_running_loop().time() + remaining
        margin = min(MARGIN_SECONDS, remaining / 4)
        return cls(cancel_at=end - margin, give_up_at=end - margin / 2, end=end)
