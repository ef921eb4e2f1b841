"""The prices of a turn and of reading secrets."""

import pytest

from turn_costs.bill import Reads, Turn


def dollars(turn: Turn, memory_mb: int) -> list[float]:
    return [amount for _, amount in turn.lines(memory_mb)]


def test_a_turn_pays_for_time_requests_units_logs_and_bytes() -> None:
    turn = Turn(seconds=10, sent=100_000, logged=1000, dynamodb_dollars_a_million=14)
    assert dollars(turn, 1024) == pytest.approx([166.867, 3.5, 14, 0.5, 9], abs=0.001)


def test_half_the_memory_costs_half_the_time() -> None:
    whole, half = Turn(10, 0, 0, 0), Turn(20, 0, 0, 0)
    assert dollars(whole, 1024) == dollars(half, 512)


@pytest.mark.parametrize(("sent", "requests"), [(1, 1), (10**7, 1), (10**7 + 1, 2)])
def test_each_10_mb_of_an_answer_count_as_one_request(sent: int, requests: int) -> None:
    assert dollars(Turn(1, sent, 0, 0), 1024)[1] == pytest.approx(3.5 * requests)


def test_both_versions_of_a_secret_are_billed_all_month() -> None:
    reads = Reads.of(secrets=3, every_seconds=300)
    assert reads.calls == 3 * 2 * 8640
    assert reads.dollars == pytest.approx(0.2592)
