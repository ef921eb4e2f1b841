"""The capacity units that writes to a gate row consume."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.sessions import CLOCK_SLACK, MAX_SESSIONS
from chatcore.gate.table import GateTable
from chatcore.gate.updates import new_session
from store_costs.meter import Meter
from tests.store.contract.engines import needed_dynoxide
from tests.unit.chatcore.gate.conftest import Clock
from tests.unit.chatcore.gate.test_gate_races import dynoxide_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SESSION = "sess_" + "0" * 29


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with dynoxide_client(needed_dynoxide()) as made:
        yield made


@pytest.fixture
def full_gate(client: "DynamoDBClient", clock: Clock) -> Gate:
    """Return a gate in which alice has as many sessions as allowed, all expired."""
    table = GateTable(lambda: client, "Sessions")
    gate = Gate(table, Limits(), now=clock)
    gate.open_session("alice", f"{SESSION}000", int(clock.now) + 600)
    for number in range(1, MAX_SESSIONS):
        name = f"{SESSION}{number:03}"
        expires = int(clock.now) + 600
        table.update("alice", new_session(name, expires, clock.now, expired=(), limit=MAX_SESSIONS))
    clock.now += 600 + CLOCK_SLACK + 1
    return gate


def units(client: "DynamoDBClient", call: Callable[[], Any]) -> float:
    meter = Meter()
    meter.watch(client)
    call()
    return meter.take().write_units


def test_one_turn_removes_expired_sessions_from_the_row(
    client: "DynamoDBClient", full_gate: Gate
) -> None:
    alice = Requester("alice", None)
    opened = full_gate.open_turn(alice, "thr_1", "turn_1", seconds=60)
    full_gate.close_turn(opened, tokens=1)
    assert list(full_gate.row("alice").sessions) == []

    def turn() -> None:
        full_gate.close_turn(full_gate.open_turn(alice, "thr_1", "turn_2", seconds=60), tokens=1)

    assert units(client, turn) == 2


def test_one_new_session_removes_expired_ones_from_the_row(
    client: "DynamoDBClient", full_gate: Gate, clock: Clock
) -> None:
    full_gate.open_session("alice", "sess_new", int(clock.now) + 600)
    assert list(full_gate.row("alice").sessions) == ["sess_new"]

    def session() -> None:
        full_gate.open_session("alice", "sess_newer", int(clock.now) + 600)

    assert units(client, session) == 1


def test_a_page_that_stays_open_all_day_keeps_a_row_of_one_unit(
    client: "DynamoDBClient", clock: Clock
) -> None:
    gate = Gate(GateTable(lambda: client, "Sessions"), Limits(), now=clock)
    for number in range(144):
        name = f"{SESSION}{number:03}"
        gate.open_session("alice", name, int(clock.now) + 600)
        clock.now += 600
    opened = gate.open_turn(Requester("alice", name), "thr_1", "turn_1", seconds=60)
    assert units(client, lambda: gate.renew_turn(opened, seconds=60)) == 1
