"""Requests that open no turn are counted, limited and refused."""

from collections.abc import Callable

import boto3
import pytest

from chatcore.errors import TooManyRequests, Unauthenticated
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.sessions import FEW_COUNTERS
from chatcore.gate.table import GateTable
from tests.unit.chatcore.gate.conftest import ALICE, Clock


def test_requests_per_minute_are_counted_across_the_sessions_of_a_user(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(user_requests_per_minute=2)
    gate.open_session("alice", "sess_2", int(clock.now) + 600)
    gate.admit(ALICE)
    gate.admit(Requester("alice", "sess_2"))
    clock.now += 20
    with pytest.raises(TooManyRequests, match="wait 40 seconds") as refused:
        gate.admit(ALICE)
    assert refused.value.headers == {"Retry-After": "40"}
    clock.now += 40
    gate.admit(ALICE)


def test_messages_and_other_requests_are_counted_separately(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with(user_requests_per_minute=1, user_per_minute=1)
    gate.admit(ALICE)
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)


@pytest.mark.parametrize("limit", [0, 5])
def test_requests_of_a_revoked_session_are_refused(
    gate_with: Callable[..., Gate], limit: int
) -> None:
    gate = gate_with(user_requests_per_minute=limit)
    gate.revoke("alice", "sess_1")
    for caller in (ALICE, Requester("nobody", "sess_1")):
        with pytest.raises(Unauthenticated):
            gate.admit(caller)


def test_requests_with_a_login_token_are_counted_from_the_first_one(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with(user_requests_per_minute=2)
    bob = Requester("bob", None)
    gate.admit(bob)
    gate.admit(bob)
    with pytest.raises(TooManyRequests):
        gate.admit(bob)
    gate.open_turn(bob, "thr_1", "turn_1", seconds=60)


def test_admitting_a_request_takes_one_request_to_the_table(
    create_table: Callable[[str], None], clock: Clock
) -> None:
    create_table("Sessions")
    client, asked = boto3.client("dynamodb"), list[str]()
    gate = Gate(
        GateTable(lambda: client, "Sessions"), Limits(user_requests_per_minute=9), now=clock
    )
    gate.open_session("alice", "sess_1", int(clock.now) + 600)
    client.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
    gate.admit(ALICE)
    assert asked == ["UpdateItem"]


def test_past_counters_of_a_user_who_only_reads_are_removed(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(user_requests_per_minute=5)
    for _ in range(5 * FEW_COUNTERS):
        clock.now += 120
        gate.admit(Requester("bob", None))
    assert len(gate.row("bob").counters) <= FEW_COUNTERS + 2
