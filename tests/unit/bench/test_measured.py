"""The costs, limits and ratios that the bench computes from its measurements."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from store_costs.measured import Turn, Turns, measured
from store_costs.meter import Meter, Spent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROW: Any = {"pk": {"S": "p"}, "sk": {"S": "s"}}


def turns(*spent: Spent, seconds: tuple[float, ...] = (), bare: tuple[float, ...] = ()) -> Turns:
    """Return turns of one call each, with these durations in seconds."""
    times = seconds or (1.0,) * len(spent)
    made = [Turn(each, {"load": time}) for each, time in zip(spent, times, strict=True)]
    return Turns(measured_turns=made, bare=list(bare))


def test_the_cost_of_a_turn_is_the_mean_over_the_turns() -> None:
    spent = turns(Spent(4, 0, 6, 2), Spent(2, 2, 8, 3)).spent
    assert spent == Spent(3, 1, 7, 2.5)
    assert spent.dollars == pytest.approx(7 * 0.125 + 2.5 * 0.625)


@pytest.mark.parametrize(
    ("made", "within_limits"),
    [
        (turns(Spent(4, 0, 4.8, 4), Spent(4, 0, 4.8, 4)), True),
        (turns(Spent(4, 0, 4.8, 4), Spent(4, 0, 4.9, 4)), False),
        (turns(Spent(1), Spent(5)), False),
        (turns(Spent(4, 1)), False),
        (Turns(full_at=20), False),
    ],
    ids=["at the limits", "too costly", "one with five requests", "one more to S3", "no more room"],
)
def test_the_limits_apply_to_the_mean_price_and_to_each_turns_requests(
    made: Turns, within_limits: bool
) -> None:
    assert made.within_limits == within_limits


def test_a_ratio_compares_the_medians() -> None:
    made = turns(Spent(), Spent(), Spent(), seconds=(2.0, 3.0, 900.0), bare=(0.5, 1.5, 100.0))
    assert made.ratios == {"load": 2.0}
    assert made.whole_ratio == 2.0


async def test_only_the_calls_are_measured_in_order(client: "DynamoDBClient") -> None:
    meter, order = Meter(), list[str]()
    meter.watch(client)

    def call(name: str) -> Callable[[], Any]:
        async def put() -> None:
            order.append(name)
            await asyncio.to_thread(client.put_item, TableName="threads", Item=ROW)

        return put

    client.put_item(TableName="threads", Item=ROW)
    turn = await measured({"one": call("one"), "two": call("two")}, meter)
    assert turn.spent == Spent(requests=2, write_units=2)
    assert order == list(turn.seconds) == ["one", "two"]
