"""Turns hold their threads, and are counted, limited, canceled and renewed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chatcore.errors import Conflict, TooManyRequests, Unauthenticated
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import DAY
from chatcore.gate.sessions import CLOCK_SLACK
from tests.unit.chatcore.gate.conftest import ALICE, Clock


def open_and_close(gate: Gate, caller: Requester, turn: str, *, tokens: int = 0) -> None:
    gate.close_turn(gate.open_turn(caller, "thr_1", turn, seconds=60), tokens=tokens)


def test_closing_a_turn_frees_its_thread(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    assert [each.id for each in gate.row("alice").turns] == ["turn_1"]
    gate.close_turn(turn, tokens=7)
    assert gate.row("alice").turns == []
    gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)


def test_a_thread_has_one_turn_at_a_time(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    with pytest.raises(Conflict, match="written in this chat"):
        gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    gate.open_turn(ALICE, "thr_2", "turn_3", seconds=60)


def test_opening_a_turn_twice_returns_the_same_turn(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with(user_per_minute=1)
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    assert gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60).id == "turn_1"


def test_opening_a_turn_again_later_returns_the_same_turn(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(user_per_minute=1)
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    clock.now += 2
    assert gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60).id == "turn_1"
    assert gate.row("alice").user_minute(clock.now) == 1


def test_in_the_last_second_of_a_lease_the_thread_is_still_busy(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    clock.now += 60 + CLOCK_SLACK + 0.5
    with pytest.raises(Conflict):
        gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)


def test_a_crashed_turn_frees_its_thread_when_its_lease_ends(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(running_turns=1)
    gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    clock.now += 60 + CLOCK_SLACK
    with pytest.raises(Conflict):
        gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    clock.now += 1
    gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)


def test_crashed_turns_of_other_threads_make_room(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(running_turns=2)
    for i in range(2):
        gate.open_turn(ALICE, f"thr_{i}", f"turn_{i}", seconds=60)
    with pytest.raises(TooManyRequests, match="still being written"):
        gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    clock.now += 61 + CLOCK_SLACK
    gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    assert [each.id for each in gate.row("alice").turns] == ["turn_2"]


def test_a_turn_that_ends_late_does_not_close_its_successor(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    late = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    clock.now += 61 + CLOCK_SLACK
    gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    gate.close_turn(late, tokens=5)
    assert [each.id for each in gate.row("alice").turns] == ["turn_2"]


def test_messages_per_minute_are_counted_across_the_sessions_of_a_user(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(user_per_minute=2)
    gate.open_session("alice", "sess_2", int(clock.now) + 600)
    open_and_close(gate, ALICE, "turn_1")
    open_and_close(gate, Requester("alice", "sess_2"), "turn_2")
    clock.now += 20
    with pytest.raises(TooManyRequests, match="wait 40 seconds") as refused:
        open_and_close(gate, ALICE, "turn_3")
    assert refused.value.headers == {"Retry-After": "40"}
    clock.now += 40
    open_and_close(gate, ALICE, "turn_3")


def test_messages_per_minute_are_counted_for_each_session(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(session_per_minute=1)
    gate.open_session("alice", "sess_2", int(clock.now) + 600)
    open_and_close(gate, ALICE, "turn_1")
    with pytest.raises(TooManyRequests):
        open_and_close(gate, ALICE, "turn_2")
    open_and_close(gate, Requester("alice", "sess_2"), "turn_2")


def test_tokens_are_counted_once_and_turns_refused_at_the_limit_until_midnight(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(tokens_per_day=100)
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    gate.close_turn(turn, tokens=99)
    gate.close_turn(turn, tokens=99)
    open_and_close(gate, ALICE, "turn_2", tokens=1)
    clock.now += 86_400 - 5
    with pytest.raises(TooManyRequests, match="midnight UTC") as refused:
        open_and_close(gate, ALICE, "turn_3")
    assert refused.value.headers == {"Retry-After": "5"}
    clock.now += 5
    open_and_close(gate, ALICE, "turn_3")


def test_a_refused_turn_leaves_no_trace(gate_with: Callable[..., Gate], clock: Clock) -> None:
    gate = gate_with(user_per_minute=1)
    open_and_close(gate, ALICE, "turn_1")
    with pytest.raises(TooManyRequests):
        gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    assert gate.row("alice").turns == []
    assert gate.row("alice").user_minute(clock.now) == 1


def test_without_limits_only_a_busy_thread_refuses_a_turn(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    for i in range(50):
        gate.open_turn(ALICE, f"thr_{i}", f"turn_{i}", seconds=60)


def test_a_login_token_needs_no_session(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with(session_per_minute=1, user_per_minute=3)
    for i in range(3):
        open_and_close(gate, Requester("bob", None), f"turn_{i}")
    with pytest.raises(TooManyRequests):
        open_and_close(gate, Requester("bob", None), "turn_3")


def test_an_unknown_session_opens_no_turn(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    for caller in (Requester("alice", "sess_9"), Requester("bob", "sess_1")):
        with pytest.raises(Unauthenticated):
            gate.open_turn(caller, "thr_1", "turn_1", seconds=60)


def test_past_counters_are_removed_from_the_row(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(user_per_minute=5)
    for i in range(10):
        clock.now += 3600 * 12
        gate.open_session("alice", f"sess_{i + 2}", int(clock.now) + 600)
        open_and_close(gate, Requester("alice", f"sess_{i + 2}"), f"turn_{i}")
    assert len(gate.row("alice").counters) <= 3


def test_a_running_turn_is_asked_to_stop_by_its_id(gate_with: Callable[..., Gate]) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    other = gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    assert gate.cancel_turn("alice", "turn_1")
    assert (gate.is_cancelled(turn), gate.is_cancelled(other)) == (True, False)
    assert gate.cancel_turn("alice", "turn_1")


def test_a_closed_unknown_or_foreign_turn_id_cancels_nothing(
    gate_with: Callable[..., Gate],
) -> None:
    gate = gate_with()
    gate.close_turn(gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60), tokens=0)
    running = gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    for user, turn in [("alice", "turn_1"), ("alice", "rubbish"), ("bob", "turn_2")]:
        assert not gate.cancel_turn(user, turn)
    assert not gate.is_cancelled(running)


def test_a_turn_that_renews_keeps_its_thread(gate_with: Callable[..., Gate], clock: Clock) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    clock.now += 50
    assert gate.renew_turn(turn, seconds=60)
    clock.now += 60 + CLOCK_SLACK
    with pytest.raises(Conflict):
        gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)


def test_renewing_a_canceled_turn_returns_false(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    cancelled = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    gate.cancel_turn("alice", "turn_1")
    assert not gate.renew_turn(cancelled, seconds=60)
    lost = gate.open_turn(ALICE, "thr_2", "turn_2", seconds=60)
    clock.now += 61 + CLOCK_SLACK
    gate.open_turn(ALICE, "thr_2", "turn_3", seconds=60)
    assert not gate.renew_turn(lost, seconds=60)


def test_a_running_turn_counts_its_tokens_once(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    for tokens in (70, 70, 100):
        assert gate.renew_turn(turn, seconds=60, tokens=tokens)
        assert gate.row("alice").tokens_today(clock.now) == tokens
    gate.close_turn(turn, tokens=90)
    assert gate.row("alice").tokens_today(clock.now) == 90


def test_tokens_of_a_write_that_only_seemed_to_fail_are_counted_once(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    before = replace(turn)
    assert gate.renew_turn(turn, seconds=60, tokens=70)
    gate.close_turn(before, tokens=100)
    assert gate.row("alice").tokens_today(clock.now) == 100
    assert gate.row("alice").turns == []


def test_a_turn_whose_environment_died_has_counted_its_tokens(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with(tokens_per_day=100)
    died = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    gate.renew_turn(died, seconds=60, tokens=100)
    clock.now += 61 + CLOCK_SLACK
    with pytest.raises(TooManyRequests):
        gate.open_turn(ALICE, "thr_1", "turn_2", seconds=60)
    # The environment was only frozen.
    gate.close_turn(died, tokens=100)
    assert gate.row("alice").tokens_today(clock.now) == 100


def test_an_estimate_too_high_before_midnight_does_not_reduce_the_new_day(
    gate_with: Callable[..., Gate], clock: Clock
) -> None:
    gate = gate_with()
    turn = gate.open_turn(ALICE, "thr_1", "turn_1", seconds=60)
    gate.renew_turn(turn, seconds=60, tokens=100)
    clock.now += DAY
    gate.close_turn(turn, tokens=40)
    assert gate.row("alice").tokens_today(clock.now) == 0
    assert gate.row("alice").turns == []
