"""The cost of some calls, and their time as a ratio to a bare GetItem."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from statistics import mean, median

from store_costs.meter import Meter, Spent

MAX_REQUESTS = 4
MAX_DOLLARS = 3.10

type Calls = Mapping[str, Callable[[], Awaitable[object]]]


@dataclass(frozen=True)
class Turn:
    """The cost of a turn's calls, and the seconds of each."""

    spent: Spent
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class Turns:
    """Several turns, with the seconds of a bare GetItem before each.

    `full_at` is the number of items at which the thread was full, or None.
    """

    full_at: int | None = None
    measured_turns: list[Turn] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def spent(self) -> Spent:
        """The mean cost of a turn."""
        turns = [turn.spent for turn in self.measured_turns]
        return Spent(
            mean(spent.requests for spent in turns),
            mean(spent.s3_requests for spent in turns),
            mean(spent.read_units for spent in turns),
            mean(spent.write_units for spent in turns),
        )

    @property
    def within_limits(self) -> bool:
        """Whether each turn's requests and the mean dollars are within the limits."""
        requests = [turn.spent.requests + turn.spent.s3_requests for turn in self.measured_turns]
        return (
            self.full_at is None
            and max(requests) <= MAX_REQUESTS
            and self.spent.dollars <= MAX_DOLLARS
        )

    @property
    def ratios(self) -> dict[str, float]:
        """The median time of each call ÷ that of the bare GetItem."""
        bare = median(self.bare)
        return {
            name: median(turn.seconds[name] for turn in self.measured_turns) / bare
            for name in self.measured_turns[0].seconds
        }

    @property
    def whole_ratio(self) -> float:
        """The same ratio for all calls of a turn."""
        return median(sum(turn.seconds.values()) for turn in self.measured_turns) / median(
            self.bare
        )


async def measured(calls: Calls, meter: Meter) -> Turn:
    """Run the calls in order and measure them."""
    meter.take()
    seconds = {}
    for name, call in calls.items():
        started = time.perf_counter()
        await call()
        seconds[name] = time.perf_counter() - started
    return Turn(meter.take(), seconds)
