"""Requests that listen to the answer of a turn that another request opened."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chatcore.errors import TooManyRequests
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.row import GateTurn
from chatcore.gate.table import GateTable
from tests.unit.chatcore.gate.conftest import ALICE
from tests.unit.chatcore.gate.lost_acknowledgments import LossyClient


def open_turn(gate: Gate) -> GateTurn:
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    return current_turn(gate)


def current_turn(gate: Gate) -> GateTurn:
    turn = gate.row("alice").turn_of("thr_1")
    assert turn is not None
    return turn


def test_a_third_listener_displaces_the_oldest(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    turn = open_turn(gate)
    heard = []
    for name in ("one", "two", "three"):
        gate.add_listener("alice", turn, name)
        heard.append(current_turn(gate).listeners)
    assert heard == [("one",), ("one", "two"), ("two", "three")]


def test_closing_a_turn_removes_its_listeners(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    opened = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    gate.add_listener("alice", current_turn(gate), "one")
    gate.close_turn(opened, tokens=0)
    gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    assert current_turn(gate).listeners == ()


def test_a_closed_turn_accepts_no_listener(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with(user_requests_per_minute=1)
    ended = open_turn(gate)
    gate.close_turn(gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60), tokens=0)
    gate.add_listener("alice", ended, "one")
    gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    gate.add_listener("alice", ended, "two")
    assert current_turn(gate).listeners == ()


def test_a_listener_added_twice_after_a_lost_acknowledgment_displaces_no_one(
    create_table: Callable[[str], None],
) -> None:
    create_table("Sessions")
    client: Any = LossyClient(boto3.client("dynamodb"))
    gate = Gate(GateTable(lambda: client, "Sessions"), Limits(user_requests_per_minute=9))
    gate.open_session("alice", "sess_1", 9_999_999_999)
    turn = open_turn(gate)
    gate.add_listener("alice", turn, "one")
    client.loses_next = True
    gate.add_listener("alice", turn, "two")
    assert current_turn(gate).listeners == ("one", "two")


def test_joining_counts_as_a_request(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with(user_requests_per_minute=2)
    turn = open_turn(gate)
    gate.add_listener("alice", turn, "one")
    gate.admit(ALICE)
    with pytest.raises(TooManyRequests):
        gate.add_listener("alice", turn, "two")
    assert current_turn(gate).listeners == ("one",)
