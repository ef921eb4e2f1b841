"""What some calls cost, and how long they take beside a bare GetItem."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from statistics import mean, median

from store_costs.meter import Meter, Spent

MOST_REQUESTS = 4
MOST_DOLLARS = 3.10

type Calls = Mapping[str, Callable[[], Awaitable[object]]]


@dataclass(frozen=True)
class Turn:
    """What the calls of one turn spent, and the seconds that each of them took."""

    spent: Spent
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class Turns:
    """Several turns, and the seconds of a bare GetItem before each of them.

    `full_at` is the number of items at which the thread took no more.
    """

    full_at: int | None = None
    made: list[Turn] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def spent(self) -> Spent:
        """The mean of what a turn spent."""
        each = [turn.spent for turn in self.made]
        return Spent(
            mean(spent.requests for spent in each),
            mean(spent.s3_requests for spent in each),
            mean(spent.read_units for spent in each),
            mean(spent.write_units for spent in each),
        )

    @property
    def keep_the_promise(self) -> bool:
        """Whether no turn made too many requests, and a million of them cost little enough."""
        requests = [turn.spent.requests + turn.spent.s3_requests for turn in self.made]
        return (
            self.full_at is None
            and max(requests) <= MOST_REQUESTS
            and self.spent.dollars <= MOST_DOLLARS
        )

    @property
    def ratios(self) -> dict[str, float]:
        """Call → the median of its time ÷ that of the bare GetItem."""
        bare = median(self.bare)
        return {
            name: median(turn.seconds[name] for turn in self.made) / bare
            for name in self.made[0].seconds
        }

    @property
    def whole_ratio(self) -> float:
        """The same of a turn's calls together."""
        return median(sum(turn.seconds.values()) for turn in self.made) / median(self.bare)


async def measured(calls: Calls, meter: Meter) -> Turn:
    """Make the calls, one after another."""
    meter.taken()
    seconds = {}
    for name, call in calls.items():
        began = time.perf_counter()
        await call()
        seconds[name] = time.perf_counter() - began
    return Turn(meter.taken(), seconds)
