"""Random users, crashes, lost acknowledgments and wrong clocks, checked against a model."""

import itertools
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from chatcore.errors import ApiError, Unauthenticated
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import DAY, Limits
from chatcore.gate.row import GateTurn
from chatcore.gate.sessions import CLOCK_SLACK
from chatcore.gate.table import GateTable
from tests.system.security.trial_counts import trial_count
from tests.unit.chatcore.gate.history import History, Turn
from tests.unit.chatcore.gate.lost_acknowledgments import LossyClient

# The clocks of two environments differ by at most CLOCK_SLACK.
OFFSETS = (0.0, 12.4, float(CLOCK_SLACK))
ENVIRONMENTS = st.sampled_from(range(len(OFFSETS)))
# Requests are only counted here. Other tests cover their refusal.
MANY = 10_000
_examples = itertools.count()


class GateMachine(RuleBasedStateMachine):
    """One gate in three environments, each with its own clock."""

    sessions: Bundle[tuple[str, str]] = Bundle("sessions")
    turns: Bundle[Turn] = Bundle("turns")

    def __init__(self, client: Any) -> None:
        super().__init__()
        self._client = LossyClient(client)
        self._numbers = itertools.count()
        self._example = next(_examples)
        self._history = History(Limits())
        self._gates: list[Gate] = []

    @initialize(
        session=st.sampled_from([0, 1, 2]),
        user=st.sampled_from([0, 2, 3]),
        running=st.sampled_from([0, 1, 2]),
        tokens=st.sampled_from([0, 100]),
    )
    def limits(self, session: int, user: int, running: int, tokens: int) -> None:
        limits = Limits(session, user, running, tokens, user_requests_per_minute=MANY)
        client: Any = self._client
        table = GateTable(lambda: client, "Sessions")
        self._history = History(limits)
        self._gates = [Gate(table, limits, now=self._clock(each)) for each in OFFSETS]

    @rule(
        target=sessions,
        name=st.sampled_from(["alice", "bob"]),
        environment=ENVIRONMENTS,
        lost=st.booleans(),
    )
    def new_session(self, name: str, environment: int, lost: bool) -> tuple[str, str]:
        user, session = f"{name}{self._example}", f"sess_{next(self._numbers)}"
        self._client.loses_next = lost
        expires = int(self._history.now) + 600
        self._gates[environment].open_session(user, session, expires)
        self._history.sessions[user, session] = expires
        return user, session

    @rule(session=sessions, environment=ENVIRONMENTS, lost=st.booleans())
    def revoke(self, session: tuple[str, str], environment: int, lost: bool) -> None:
        self._client.loses_next = lost
        self._gates[environment].revoke(*session)
        self._history.sessions.pop(session, None)

    @rule(seconds=st.sampled_from([0.4, 1.0, 7.3, 29.0, 31.0, 61.0, 901.0, DAY / 2]))
    def forward(self, seconds: float) -> None:
        self._history.now += seconds

    @rule(turn=turns, offset=st.sampled_from(OFFSETS), after=st.sampled_from([-0.1, 0.0, 0.3, 1.0]))
    def forward_to_the_end_of_a_lease(self, turn: Turn, offset: float, after: float) -> None:
        """Move to a time at which a turn has ended by one clock, but not by another."""
        held = self._gates[0].row(turn.caller.user).turn_of(turn.opened.thread)
        if held is not None:
            self._history.now = max(self._history.now, held.lease + after - offset)

    @rule(
        target=turns,
        session=sessions,
        has_session=st.booleans(),
        thread=st.sampled_from(["thr_1", "thr_2", "thr_3"]),
        environment=ENVIRONMENTS,
        seconds=st.sampled_from([20.0, 60.5, 900.0]),
        lost=st.booleans(),
        sweeps=st.booleans(),
    )
    def open_turn(
        self,
        session: tuple[str, str],
        has_session: bool,
        thread: str,
        environment: int,
        seconds: float,
        lost: bool,
        sweeps: bool,
    ) -> Any:
        caller = Requester(session[0], session[1] if has_session else None)
        name, clock = f"turn_{next(self._numbers)}", self._clock(OFFSETS[environment])()
        self._client.loses_next = lost
        try:
            opened = self._gates[environment].open_turn(caller, thread, name, seconds=seconds)
        except ApiError as refusal:
            self._history.assert_justified(refusal, caller, thread, clock)
            return multiple()
        turn = Turn(caller, opened, environment, seconds)
        self._history.record_opened(turn, clock)
        if turn.key in self._history.to_sweep:
            self._history.deleted.add(name)
        for crashed in opened.abandoned if sweeps else ():
            self._gates[environment].drop_turn(caller.user, crashed)
            self._history.to_sweep.discard((caller.user, crashed.thread))
        return turn

    @rule(turn=turns)
    def open_again(self, turn: Turn) -> None:
        """Repeat an unanswered call: it opens the same turn, counted once."""
        if self._history.is_live(turn) and self._history.is_active(turn.caller):
            again = self._gates[turn.environment].open_turn(
                turn.caller, turn.opened.thread, turn.opened.id, seconds=turn.seconds
            )
            assert again.id == turn.opened.id

    @rule(turn=turns, environment=ENVIRONMENTS, lost=st.booleans())
    def join(self, turn: Turn, environment: int, lost: bool) -> None:
        """Repeat a request while its turn runs or after it has closed."""
        is_held = self._is_held(turn)
        running = GateTurn(turn.opened.thread, turn.opened.id, 0)
        listener = f"listener_{next(self._numbers)}"
        self._client.loses_next = lost
        self._gates[environment].add_listener(turn.caller.user, running, listener)
        if is_held:
            self._history.record_joined(turn, listener)

    @rule(session=sessions, has_session=st.booleans(), environment=ENVIRONMENTS, lost=st.booleans())
    def request(
        self, session: tuple[str, str], has_session: bool, environment: int, lost: bool
    ) -> None:
        caller = Requester(session[0], session[1] if has_session else None)
        self._client.loses_next = lost
        try:
            self._gates[environment].admit(caller)
        except Unauthenticated:
            assert not self._history.is_active(caller)

    @rule(
        turn=turns,
        seconds=st.sampled_from([5.0, 30.5, 300.0]),
        tokens=st.sampled_from([0, 2, 70]),
        lost=st.booleans(),
    )
    def renew(self, turn: Turn, seconds: float, tokens: int, lost: bool) -> None:
        """Renew a turn, perhaps late: it keeps its thread unless another turn has it."""
        if turn.opened.id in self._history.crashed:
            return
        is_held = self._is_held(turn)
        self._client.loses_next = lost
        gate, is_deleted = self._gates[turn.environment], turn.opened.id in self._history.deleted
        renewed = gate.renew_turn(turn.opened, seconds=seconds, tokens=tokens)
        assert renewed == (is_held and not is_deleted)
        if is_held:
            self._history.record_renewed(turn, seconds)
            self._history.record_tokens(turn, tokens, self._clock(OFFSETS[turn.environment])())

    @rule(turn=turns, tokens=st.sampled_from([0, 1, 60]), lost=st.booleans())
    def close(self, turn: Turn, tokens: int, lost: bool) -> None:
        """Close a turn, perhaps one that is already closed or replaced."""
        is_held = self._is_held(turn)
        gate, is_deleted = self._gates[turn.environment], turn.opened.id in self._history.deleted
        self._client.loses_next = lost
        closed = gate.close_turn(turn.opened, tokens=tokens)
        assert not (closed and is_deleted), "a turn that wrote to a deleted thread did not sweep"
        if not closed:
            self._client.loses_next = lost
            gate.close_turn(turn.opened, tokens=tokens, rows_deleted=True)
        if is_held:
            self._history.to_sweep.discard(turn.key)
            self._history.record_closed(turn, tokens, self._clock(OFFSETS[turn.environment])())

    @rule(turn=turns, environment=ENVIRONMENTS, lost=st.booleans())
    def delete(self, turn: Turn, environment: int, lost: bool) -> None:
        """Delete the turn's thread, even if another turn holds it now."""
        user, thread = turn.key
        self._client.loses_next = lost
        self._gates[environment].mark_deleted(user, thread)
        held = self._gates[0].row(user).turn_of(thread)
        if held is not None:
            self._history.deleted.add(held.id)
            self._history.to_sweep.add(turn.key)

    @rule(turn=turns)
    def crash(self, turn: Turn) -> None:
        self._history.crashed.add(turn.opened.id)

    @invariant()
    def rows_match_history(self) -> None:
        for user in {user for user, _ in self._history.sessions}:
            row = self._gates[0].row(user)
            for offset in OFFSETS:
                self._history.assert_matches(row, user, self._clock(offset)())

    def _is_held(self, turn: Turn) -> bool:
        held = self._gates[0].row(turn.caller.user).turn_of(turn.opened.thread)
        is_held = held is not None and held.id == turn.opened.id
        assert is_held or not self._history.is_live(turn)
        return is_held

    def _clock(self, offset: float) -> Callable[[], float]:
        return lambda: self._history.now + offset


@pytest.fixture
def machine(create_table: Callable[[str], None]) -> type[GateMachine]:
    create_table("Sessions")
    client = boto3.client("dynamodb")

    class OnMoto(GateMachine):
        def __init__(self) -> None:
            super().__init__(client)

    return OnMoto


def test_limits_hold_and_no_thread_is_blocked_longer_than_a_lease(
    machine: type[GateMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=trial_count(10, 60),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
