"""Many environments that use one gate at the same time."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from chatcore.errors import ApiError, Conflict, TooManyRequests
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from tests.store.contract.engines import dynoxide, needed_dynoxide
from tests.system.security.trial_counts import trial_count
from tests.tables import SCHEMA

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AT_ONCE = 32
NOW = 20_000 * 86_400.0
ALICE = Requester("alice", "sess_1")


@contextmanager
def dynoxide_client(binary: str) -> Iterator["DynamoDBClient"]:
    config = Config(max_pool_connections=AT_ONCE, proxies={})
    with dynoxide(binary) as address:
        client = boto3.client("dynamodb", endpoint_url=address, config=config)
        client.create_table(TableName="Sessions", **SCHEMA)
        yield client
        client.close()


@pytest.fixture(params=["moto", "dynoxide"])
def client(request: pytest.FixtureRequest) -> Iterator["DynamoDBClient"]:
    if request.param == "moto":
        request.getfixturevalue("create_table")("Sessions")
        yield boto3.client("dynamodb")
        return
    with dynoxide_client(needed_dynoxide()) as made:
        yield made


@dataclass
class ConcurrentTurns:
    """Opens many turns at the same time, each as if from its own process."""

    client: "DynamoDBClient"
    limits: Limits
    opened: list[OpenTurn] = field(default_factory=list)
    refused: list[ApiError] = field(default_factory=list)

    def gate(self) -> Gate:
        return Gate(GateTable(lambda: self.client, "Sessions"), self.limits, now=lambda: NOW)

    def open(self, thread_of: Callable[[int], str], name: str = "turn") -> None:
        self.opened.clear()
        self.refused.clear()
        barrier = threading.Barrier(AT_ONCE)

        def open_one(number: int) -> None:
            gate = self.gate()
            barrier.wait()
            try:
                turn = gate.open_turn(ALICE, thread_of(number), f"{name}_{number}", seconds=60)
                self.opened.append(turn)
            except (Conflict, TooManyRequests) as refusal:
                self.refused.append(refusal)

        with ThreadPoolExecutor(AT_ONCE) as environments:
            list(environments.map(open_one, range(AT_ONCE)))


@pytest.fixture
def concurrent_turns(client: "DynamoDBClient") -> Callable[..., ConcurrentTurns]:
    def make(**limits: int) -> ConcurrentTurns:
        turns = ConcurrentTurns(client, Limits(**limits))
        turns.gate().open_session("alice", "sess_1", int(NOW) + 600)
        return turns

    return make


def test_exactly_one_of_many_concurrent_turns_on_a_thread_opens(
    concurrent_turns: Callable[..., ConcurrentTurns],
) -> None:
    turns = concurrent_turns()
    for _ in range(trial_count(2, 20)):
        turns.open(lambda _: "thr_1")
        assert len(turns.opened) == 1
        assert {type(each) for each in turns.refused} == {Conflict}
        turns.gate().close_turn(turns.opened[0], tokens=0)


def test_concurrent_turns_on_separate_threads_open_up_to_the_limit(
    concurrent_turns: Callable[..., ConcurrentTurns],
) -> None:
    turns = concurrent_turns(running_turns=5)
    for round_ in range(trial_count(2, 20)):
        turns.open(lambda number: f"thr_{number}", f"turn_{round_}")
        assert len(turns.opened) == 5
        held = {turn.id for turn in turns.gate().row("alice").turns}
        assert held == {turn.id for turn in turns.opened}
        for turn in turns.opened:
            turns.gate().close_turn(turn, tokens=0)


@pytest.mark.parametrize("limits", [{"user_per_minute": 7}, {"session_per_minute": 7}])
def test_concurrent_turns_reach_the_limit_per_minute_exactly(
    concurrent_turns: Callable[..., ConcurrentTurns], limits: dict[str, int]
) -> None:
    turns = concurrent_turns(**limits)
    turns.open(lambda number: f"thr_{number}")
    assert len(turns.opened) == 7
    assert len(turns.refused) == AT_ONCE - 7


def test_each_crashed_turn_is_replaced_once(
    concurrent_turns: Callable[..., ConcurrentTurns],
) -> None:
    turns = concurrent_turns(running_turns=5)
    earlier = Gate(GateTable(lambda: turns.client, "Sessions"), Limits(), now=lambda: NOW - 10_000)
    for number in range(5):
        earlier.open_turn(ALICE, f"thr_old_{number}", f"turn_old_{number}", seconds=60)
    turns.open(lambda number: f"thr_{number}")
    assert len(turns.opened) == 5
    assert {turn.id for turn in turns.gate().row("alice").turns} == {
        turn.id for turn in turns.opened
    }


def test_concurrent_closes_of_one_turn_count_its_tokens_once(
    concurrent_turns: Callable[..., ConcurrentTurns],
) -> None:
    turns = concurrent_turns(tokens_per_day=1000)
    turn = turns.gate().open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    with ThreadPoolExecutor(AT_ONCE) as environments:
        closing = [
            environments.submit(turns.gate().close_turn, turn, tokens=9) for _ in range(AT_ONCE)
        ]
        for each in closing:
            each.result()
    assert turns.gate().row("alice").tokens_today(NOW) == 9
