"""Threads that are deleted while a turn runs: what the gate row records."""

from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import pytest

from chatcore.errors import Conflict, NotFound
from chatcore.gate.admission import Repeated
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.limits import Limits
from chatcore.gate.row import GateRow
from chatcore.gate.sessions import CLOCK_SLACK
from chatcore.gate.table import GateTable
from tests.unit.chatcore.gate.conftest import ALICE, Clock
from tests.unit.chatcore.gate.lost_acknowledgments import LossyClient


def deleted(gate: Gate, **named: Any) -> OpenTurn:
    """Return a turn whose thread was deleted while it ran."""
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60, **named)
    assert gate.mark_deleted("alice", "thr_1")
    return turn


def running(row: GateRow) -> set[str]:
    return {turn.id for turn in row.turns}


def test_the_turn_of_a_deleted_thread_is_canceled_and_marked_deleted(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    turn = deleted(gate)
    other = gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    assert (gate.is_cancelled(turn), gate.is_deleted(turn)) == (True, True)
    assert not gate.renew_turn(turn, seconds=60)
    assert (gate.is_cancelled(other), gate.is_deleted(other)) == (False, False)


def test_a_deletion_without_a_running_turn_leaves_no_trace(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    assert not gate.mark_deleted("alice", "thr_1")
    assert not gate.mark_deleted("nobody", "thr_1")
    assert gate.row("alice").turns == []
    assert not gate.row("nobody").exists


def test_a_turn_of_a_deleted_thread_closes_only_after_deleting_its_rows(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(tokens_per_day=100)
    turn = deleted(gate)
    assert not gate.close_turn(turn, tokens=7)
    assert running(gate.row("alice")) == {"turn_1"}
    assert gate.close_turn(turn, tokens=7, rows_deleted=True)
    assert gate.row("alice").turns == []
    assert gate.row("alice").tokens_today(clock.now) == 7


def test_closing_a_closed_or_replaced_turn_returns_false(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    assert gate.close_turn(turn, tokens=0)
    assert not gate.close_turn(turn, tokens=0)
    late = gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    clock.now += 61 + CLOCK_SLACK
    gate.open_turn(ALICE, "thr_1", "turn_3", seconds=60)
    for rows_deleted in (False, True):
        assert not gate.close_turn(late, tokens=0, rows_deleted=rows_deleted)
    assert running(gate.row("alice")) == {"turn_3"}


def abandoned(turn: OpenTurn) -> list[str]:
    return [each.thread for each in turn.abandoned]


def test_an_open_turn_lists_crashed_turns_of_deleted_threads_until_they_are_dropped(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    deleted(gate)
    alive = gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    assert alive.abandoned == ()
    clock.now += 61 + CLOCK_SLACK
    turn = gate.open_turn(ALICE, "thr_3", "turn_3", seconds=60)
    assert abandoned(turn) == ["thr_1"]
    gate.drop_turn("alice", turn.abandoned[0])
    assert running(gate.row("alice")) == {"turn_2", "turn_3"}
    assert abandoned(gate.open_turn(ALICE, "thr_4", "turn_4", seconds=60)) == []


def test_a_turn_that_replaced_a_crashed_one_is_not_dropped(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    deleted(gate)
    clock.now += 61 + CLOCK_SLACK
    turn = gate.open_turn(ALICE, "thr_3", "turn_3", seconds=60)
    gate.open_turn(ALICE, "thr_1", "turn_4", seconds=60)
    gate.drop_turn("alice", turn.abandoned[0])
    assert running(gate.row("alice")) == {"turn_3", "turn_4"}


def test_a_turn_that_replaces_crashed_ones_keeps_the_deletion_mark(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(running_turns=1)
    deleted(gate)
    for number in (2, 3):
        clock.now += 61 + CLOCK_SLACK
        turn = gate.open_turn(ALICE, f"thr_{number}", f"turn_{number}", seconds=60)
        assert abandoned(turn) == ["thr_1"]
    assert running(gate.row("alice")) == {"turn_1", "turn_3"}


def test_a_deletion_mark_does_not_block_a_repeated_first_message(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(running_turns=1)
    deleted(gate, fingerprint="hi", first=True)
    clock.now += 61 + CLOCK_SLACK
    gate.open_turn(ALICE, "thr_2", "turn_2", seconds=600, fingerprint="hi", first=True)
    gate_without_limit = gate_with()
    gate_without_limit.open_turn(ALICE, "thr_3", "turn_3", seconds=60)
    with pytest.raises(Repeated):
        gate.open_turn(ALICE, "thr_4", "turn_4", seconds=60, fingerprint="hi", first=True)


def test_a_turn_that_replaces_a_crashed_one_must_delete_the_rows_of_its_deleted_thread(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    deleted(gate)
    clock.now += 61 + CLOCK_SLACK
    turn = gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    assert not gate.close_turn(turn, tokens=0)
    assert gate.close_turn(turn, tokens=0, rows_deleted=True)


def test_a_message_to_a_deleted_thread_is_not_found_while_its_turn_stops(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    deleted(gate, fingerprint="hi")
    for fingerprint in ("hi", "other"):
        with pytest.raises(NotFound):
            gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60, fingerprint=fingerprint)


def test_a_repeated_first_message_does_not_join_a_deleted_thread(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    turn = deleted(gate, fingerprint="hi", first=True)
    again = partial(
        gate.open_turn, ALICE, "thr_2", "turn_2", seconds=60, fingerprint="hi", first=True
    )
    with pytest.raises(Conflict, match="try again"):
        again()
    gate.close_turn(turn, tokens=0, rows_deleted=True)
    again()


@pytest.mark.parametrize("lost", ["the mark", "the close", "the close of a deleted thread"])
def test_a_lost_acknowledgment_changes_nothing(
    create_table: Callable[[str], None], clock: Clock, lost: str
) -> None:
    create_table("Sessions")
    client: Any = LossyClient(boto3.client("dynamodb"))
    gate = Gate(GateTable(lambda: client, "Sessions"), Limits(tokens_per_day=99), now=clock)
    gate.open_session("alice", "sess_1", int(clock.now) + 600)
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    if lost != "the close":
        client.loses_next = lost == "the mark"
        gate.mark_deleted("alice", "thr_1")
        assert not gate.close_turn(turn, tokens=7)
    client.loses_next = lost != "the mark"
    gate.close_turn(turn, tokens=7, rows_deleted=lost != "the close")
    assert gate.row("alice").turns == []
    assert gate.row("alice").tokens_today(clock.now) == 7


def test_a_first_message_whose_thread_was_deleted_can_be_sent_again(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(running_turns=4)
    deleted(gate, fingerprint="f", first=True)
    clock.now += 61 + CLOCK_SLACK
    turn = gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    gate.drop_turn("alice", turn.abandoned[0])
    again = gate.open_turn(ALICE, "thr_3", "turn_3", seconds=60, fingerprint="f", first=True)
    assert running(gate.row("alice")) == {"turn_2", "turn_3"}
    with pytest.raises(Repeated):
        gate.open_turn(ALICE, "thr_4", "turn_4", seconds=60, fingerprint="f", first=True)
    assert gate.close_turn(again, tokens=0)


def test_a_repeated_first_message_keeps_blocking_others_after_a_drop(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(running_turns=4)
    deleted(gate, fingerprint="f", first=True)
    clock.now += 61 + CLOCK_SLACK
    turn = gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    gate.open_turn(ALICE, "thr_3", "turn_3", seconds=60, fingerprint="f", first=True)
    gate.drop_turn("alice", turn.abandoned[0])
    assert running(gate.row("alice")) == {"turn_2", "turn_3"}
    with pytest.raises(Repeated):
        gate.open_turn(ALICE, "thr_4", "turn_4", seconds=60, fingerprint="f", first=True)
