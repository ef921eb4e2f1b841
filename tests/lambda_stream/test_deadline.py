import asyncio
import time

import pytest

from lambda_stream.deadline import Deadline


@pytest.mark.parametrize(
    ("left", "margin"), [(60.0, 2.0), (8.0, 2.0), (4.0, 1.0), (1.0, 0.25), (-5.0, 0.0)]
)
async def test_work_is_cancelled_a_margin_before_the_end(left: float, margin: float) -> None:
    deadline = Deadline.of(int((time.time() + left) * 1000))
    assert deadline.end - deadline.cancel_at == pytest.approx(margin, abs=0.01)
    assert deadline.end - deadline.give_up_at == pytest.approx(margin / 2, abs=0.01)
    assert deadline.end == pytest.approx(asyncio.get_running_loop().time() + max(left, 0), abs=0.1)
