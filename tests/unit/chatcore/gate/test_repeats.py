"""Requests that are repeated while their turn runs or after it has crashed."""

from collections.abc import Callable
from typing import Any

import pytest

from chatcore.errors import Conflict, Unauthenticated
from chatcore.gate.admission import Repeated
from chatcore.gate.gate import Gate
from chatcore.gate.sessions import CLOCK_SLACK
from tests.unit.chatcore.gate.conftest import ALICE, Clock


def open_first(gate: Gate, thread: str, turn: str, fingerprint: str = "f") -> Any:
    return gate.open_turn(ALICE, thread, turn, seconds=60, fingerprint=fingerprint, first=True)


def open_later(gate: Gate, turn: str, fingerprint: str) -> Any:
    return gate.open_turn(ALICE, "thr_1", turn, seconds=60, fingerprint=fingerprint)


def test_a_repeated_message_raises_repeated_with_the_running_turn(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with(user_per_minute=1, running_turns=1)
    open_later(gate, "turn_1", "f")
    with pytest.raises(Repeated) as repeated:
        open_later(gate, "turn_2", "f")
    assert (repeated.value.turn.id, repeated.value.turn.thread) == ("turn_1", "thr_1")


def test_another_message_in_the_thread_is_refused(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    open_later(gate, "turn_1", "f")
    with pytest.raises(Conflict):
        open_later(gate, "turn_2", "g")


def test_a_repeated_first_message_raises_repeated_with_the_thread_it_began(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    open_first(gate, "thr_1", "turn_1")
    with pytest.raises(Repeated) as repeated:
        open_first(gate, "thr_2", "turn_2")
    assert repeated.value.turn.thread == "thr_1"
    open_first(gate, "thr_3", "turn_3", "g")


def test_a_repeated_first_message_opens_a_new_turn_after_the_first_has_closed(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    gate.close_turn(open_first(gate, "thr_1", "turn_1"), tokens=0)
    open_first(gate, "thr_2", "turn_2")
    assert [turn.id for turn in gate.row("alice").turns] == ["turn_2"]


def test_a_revoked_session_does_not_learn_of_a_running_turn(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    open_first(gate, "thr_1", "turn_1")
    gate.revoke("alice", "sess_1")
    with pytest.raises(Unauthenticated):
        open_first(gate, "thr_2", "turn_2")


@pytest.mark.parametrize("fingerprint", ["f", "g"])
def test_a_first_message_whose_turn_crashed_blocks_nothing(
    gate_with: Callable[..., Gate], clock: Clock, fingerprint: str
) -> None:
    gate = gate_with()
    open_first(gate, "thr_1", "turn_1")
    clock.now += 61 + CLOCK_SLACK
    turn = open_first(gate, "thr_2", "turn_2", fingerprint)
    assert "turn_2" in [each.id for each in gate.row("alice").turns]
    gate.close_turn(turn, tokens=0)
    gate.close_turn(open_first(gate, "thr_3", "turn_3", "f"), tokens=0)
    gate.close_turn(open_first(gate, "thr_4", "turn_4", "g"), tokens=0)


def test_a_thread_continues_after_its_first_turn_crashed(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    open_first(gate, "thr_1", "turn_1")
    clock.now += 61 + CLOCK_SLACK
    open_later(gate, "turn_2", "g")
    open_first(gate, "thr_2", "turn_3")


def test_a_turn_that_renews_at_the_last_moment_keeps_its_thread(
    gate_with: Callable[..., Gate], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = gate_with()
    turn = open_later(gate, "turn_1", "f")
    clock.now += 61 + CLOCK_SLACK
    update = gate._table.update
    attempts: list[str] = []

    def renew_before_the_second_write(user: str, asked: Any) -> Any:
        attempts.append(user)
        if len(attempts) == 2:
            monkeypatch.undo()
            gate.renew_turn(turn, seconds=60)
        return update(user, asked)

    monkeypatch.setattr(gate._table, "update", renew_before_the_second_write)
    with pytest.raises(Conflict):
        open_later(gate, "turn_2", "g")
