"""The time before the end of an invocation at which its work is canceled."""

import pytest

from lambda_stream.deadline import Deadline
from tests.loop_clock import LoopClock

NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("left", "margin"), [(60.0, 2.0), (8.0, 2.0), (4.0, 1.0), (1.0, 0.25), (-5.0, 0.0)]
)
async def test_work_is_canceled_a_margin_before_the_deadline(
    left: float, margin: float, loop_clock: LoopClock
) -> None:
    loop_clock.stand_still()
    deadline = Deadline.of(int((NOW + left) * 1000), now=lambda: NOW)
    assert deadline.end == loop_clock() + max(left, 0)
    assert deadline.end - deadline.cancel_at == margin
    assert deadline.end - deadline.give_up_at == margin / 2
