"""Sessions are opened, checked, revoked and limited in number."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chatcore.errors import TooManyRequests, Unauthenticated, Unavailable
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.sessions import CLOCK_SLACK, MAX_SESSIONS
from chatcore.gate.table import GateTable
from tests.unit.chatcore.gate.conftest import ALICE, Clock


def test_an_open_session_passes_the_check(gate_with: Callable[..., Gate]) -> None:
    gate_with().check(ALICE)


def test_a_revoked_session_is_refused_at_once_for_reads_and_turns(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    gate.revoke("alice", "sess_1")
    with pytest.raises(Unauthenticated):
        gate.check(ALICE)
    with pytest.raises(Unauthenticated):
        gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)


def test_revoking_an_ended_or_unknown_session_changes_nothing(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    gate.open_session("alice", "sess_2", int(clock.now) + 600)
    for user, session in [("alice", "sess_1"), ("alice", "sess_1"), ("bob", "sess_2")]:
        gate.revoke(user, session)
    gate.check(Requester("alice", "sess_2"))


def test_a_session_recorded_again_is_the_same_session(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    gate.open_session("alice", "sess_1", int(clock.now) + 600)
    assert len(gate.row("alice").sessions) == 1


def test_the_number_of_sessions_is_limited_and_expired_ones_make_room(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    for i in range(2, MAX_SESSIONS + 1):
        gate.open_session("alice", f"sess_{i}", int(clock.now) + 600)
    with pytest.raises(TooManyRequests, match="too many chats"):
        gate.open_session("alice", "one_more", int(clock.now) + 600)
    clock.now += 601 + CLOCK_SLACK
    gate.open_session("alice", "one_more", int(clock.now) + 600)
    assert list(gate.row("alice").sessions) == ["one_more"]


def test_a_table_that_does_not_answer_raises_unavailable(
    logged: list[dict[str, Any]], create_table: Callable[[str], None]
) -> None:
    client = boto3.client("dynamodb")
    gate = Gate(GateTable(lambda: client, "NoSuchTable"), Limits())
    with pytest.raises(Unavailable, match="try again"):
        gate.open_session("alice", "sess_1", 1)
    assert logged[0]["message"] == "gate_unavailable"
