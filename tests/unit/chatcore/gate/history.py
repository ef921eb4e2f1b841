"""A model of a gate: it records what happened and checks the gate against it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from chatcore.errors import ApiError, Conflict, NotFound, TooManyRequests, Unauthenticated
from chatcore.gate.admission import Requester
from chatcore.gate.gate import OpenTurn
from chatcore.gate.limits import DAY, MINUTE, Limits
from chatcore.gate.row import GateRow
from chatcore.gate.sessions import CLOCK_SLACK

# The longest time that a crashed turn may block a thread: a lease is written with slack by a clock
# that is fast, and read by one that is slow.
LOCKED_OUT = 2 * CLOCK_SLACK + 1
BEGINNING = 20_000 * DAY - 300.5


@dataclass(frozen=True)
class Turn:
    """A turn that an environment opened with an initial lease of `seconds`."""

    caller: Requester
    opened: OpenTurn
    environment: int
    seconds: float

    @property
    def key(self) -> tuple[str, str]:
        return self.caller.user, self.opened.thread


class History:
    """What happened so far. `now` is the true time; a `clock` is what an environment reads."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.now = BEGINNING
        # When each session expires. A gate may remove it CLOCK_SLACK later, or once it is revoked.
        self.sessions: dict[tuple[str, str], float] = {}
        self.crashed: set[str] = set()
        # Turns of deleted threads, and deleted threads until a turn has deleted their rows.
        self.deleted: set[str] = set()
        self.to_sweep: set[tuple[str, str]] = set()
        # The last two listeners of each turn.
        self.listeners: dict[str, tuple[str, ...]] = {}
        # The last turn of each thread that was not closed: running or crashed.
        self._entries: dict[tuple[str, str], Turn] = {}
        self._ends: dict[str, float] = {}
        self._minutes: Counter[tuple[str, str | None, int]] = Counter()
        self._tokens: Counter[tuple[str, int]] = Counter()
        self._counted: Counter[str] = Counter()
        self._counted_on: dict[str, int] = {}

    def is_active(self, caller: Requester) -> bool:
        """Return whether the caller's session is active, or the caller has none."""
        return caller.session is None or self.now <= self._expires(caller)

    def is_live(self, turn: Turn) -> bool:
        """Return whether the turn runs: neither closed nor crashed, within its lease."""
        return (
            self._entries.get(turn.key) is turn
            and turn.opened.id not in self.crashed
            and self.now <= self._ends[turn.opened.id]
        )

    def record_opened(self, turn: Turn, clock: float) -> None:
        """Record an opened turn, and check that the gate was allowed to open it."""
        user = turn.caller.user
        assert turn.caller.session is None or (user, turn.caller.session) in self.sessions
        before = self._entries.get(turn.key)
        assert before is None or not self.is_live(before)
        running = sum(self.is_live(each) for each in self._turns_of(user))
        assert not _reached(running, self.limits.running_turns)
        assert not _reached(self._tokens[user, _day(clock)], self.limits.tokens_per_day)
        self._entries[turn.key] = turn
        self.record_renewed(turn, turn.seconds)
        self._count(self.limits.user_per_minute, user, None, clock)
        if turn.caller.session is not None:
            self._count(self.limits.session_per_minute, user, turn.caller.session, clock)

    def record_joined(self, turn: Turn, listener: str) -> None:
        self.listeners[turn.opened.id] = (*self.listeners.get(turn.opened.id, ()), listener)[-2:]

    def record_renewed(self, turn: Turn, seconds: float) -> None:
        self._ends[turn.opened.id] = self.now + seconds

    def record_tokens(self, turn: Turn, tokens: int, clock: float) -> None:
        """Record the tokens that a turn has used so far.

        A lower count reduces only the day on which the higher one was counted.
        """
        day, turn_id = _day(clock), turn.opened.id
        step = tokens - self._counted[turn_id]
        if self._counted_on.get(turn_id, day) != day:
            step = max(0, step)
        self._tokens[turn.caller.user, day] += step
        self._counted[turn_id], self._counted_on[turn_id] = tokens, day

    def record_closed(self, turn: Turn, tokens: int, clock: float) -> None:
        self.record_tokens(turn, tokens, clock)
        self._entries.pop(turn.key, None)

    def assert_justified(
        self, refusal: ApiError, caller: Requester, thread: str, clock: float
    ) -> None:
        """Check that the gate had a reason for its refusal."""
        limits, user = self.limits, caller.user
        earliest_end = self.now - LOCKED_OUT
        locked = [
            each for each in self._turns_of(user) if earliest_end <= self._ends[each.opened.id]
        ]
        match refusal:
            case Unauthenticated():
                assert not self.is_active(caller)
            case NotFound():
                assert (user, thread) in self.to_sweep
            case Conflict():
                assert thread in {each.opened.thread for each in locked}
            case TooManyRequests() if "still being written" in refusal.message:
                assert _reached(len(locked), limits.running_turns)
            case TooManyRequests() if "too fast" in refusal.message:
                assert _reached(
                    self._in_minute(user, None, clock), limits.user_per_minute
                ) or _reached(
                    self._in_minute(user, caller.session, clock), limits.session_per_minute
                )
            case TooManyRequests():
                assert _reached(self._tokens[user, _day(clock)], limits.tokens_per_day)
            case _:
                raise refusal

    def assert_matches(self, row: GateRow, user: str, clock: float) -> None:
        """Check that the user's row counts what happened, and nothing else."""
        opened = {session for name, session in self.sessions if name == user}
        assert set(row.sessions) <= opened
        assert {each for each in opened if self.is_active(Requester(user, each))} <= set(
            row.sessions
        )
        kept = {(user, turn.thread) for turn in row.turns if turn.deleted}
        assert {each for each in self.to_sweep if each[0] == user} == kept
        for turn in row.turns:
            assert turn.listeners == self.listeners.get(turn.id, ())
        assert row.user_minute(clock) == self._in_minute(user, None, clock)
        assert row.tokens_today(clock) == self._tokens[user, _day(clock)]
        for session in row.sessions:
            assert row.session_minute(session, clock) == self._in_minute(user, session, clock)

    def _expires(self, caller: Requester) -> float:
        assert caller.session is not None
        return self.sessions.get((caller.user, caller.session), float("-inf"))

    def _count(self, limit: int, user: str, session: str | None, clock: float) -> None:
        if limit:
            self._minutes[user, session, int(clock // MINUTE)] += 1
            assert self._in_minute(user, session, clock) <= limit

    def _in_minute(self, user: str, session: str | None, clock: float) -> int:
        return self._minutes[user, session, int(clock // MINUTE)]

    def _turns_of(self, user: str) -> Iterator[Turn]:
        return (turn for turn in self._entries.values() if turn.caller.user == user)


def _day(clock: float) -> int:
    return int(clock // DAY)


def _reached(count: int, limit: int) -> bool:
    return 0 < limit <= count
