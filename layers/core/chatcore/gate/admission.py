"""Whether a turn may be opened: the one write that opens it, and why that write was refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatcore.errors import ApiError, Unauthenticated
from chatcore.gate.limits import Limits, busy, too_fast, too_many_running, used_up
from chatcore.gate.row import GateRow, RunningTurn, day_name, kept_until, minute_name, number
from chatcore.gate.update import Update


@dataclass(frozen=True)
class Caller:
    """A user in a session; without one he came with his login's own token."""

    user: str
    session: str | None


@dataclass(frozen=True)
class Admission:
    """One turn at the gate, `now` in seconds since 1970."""

    caller: Caller
    turn: RunningTurn
    limits: Limits
    now: float

    def update(self, crashed: Sequence[RunningTurn]) -> Update:
        """Opens the turn if every limit allows it, in the place of turns whose lease is over."""
        update = Update()
        path = update.path("turns", self.turn.thread)
        lease = update.path("turns", self.turn.thread, "lease")
        entry = {"id": {"S": self.turn.id}, "lease": number(self.turn.lease)}
        update.set(path, {"M": entry})
        update.set(update.path("expires_at"), kept_until(self.now))
        update.where(f"attribute_not_exists({path}) OR {lease} < {update.value(number(self.now))}")
        self._in_place_of(update, crashed)
        self._within_user_limits(update, len(crashed))
        if self.caller.session is not None:
            self._within_session(update, self.caller.session)
        return update

    def refusal(self, row: GateRow) -> ApiError | None:
        """Why the row lets the turn not in; None when only crashed turns stand in its way."""
        limits, session = self.limits, self.caller.session
        alive = [turn for turn in row.turns if turn.lease >= self.now]
        if session is not None and not row.has_session(session):
            return Unauthenticated()
        if any(turn.thread == self.turn.thread for turn in alive):
            return busy()
        if _reached(len(alive), limits.running_turns):
            return too_many_running()
        if _reached(row.user_minute(self.now), limits.user_per_minute):
            return too_fast(self.now)
        if session and _reached(row.session_minute(session, self.now), limits.session_per_minute):
            return too_fast(self.now)
        if _reached(row.tokens_today(self.now), limits.tokens_per_day):
            return used_up(self.now)
        return None

    def _in_place_of(self, update: Update, crashed: Sequence[RunningTurn]) -> None:
        for turn in crashed:
            identity = update.path("turns", turn.thread, "id")
            update.where(f"{identity} = {update.value({'S': turn.id})}")
            if turn.thread != self.turn.thread:
                update.remove(update.path("turns", turn.thread))

    def _within_user_limits(self, update: Update, crashed: int) -> None:
        turns = update.path("turns")
        update.where(f"attribute_exists({turns})")
        if most := self.limits.running_turns:
            update.where(f"size({turns}) < {update.value(number(most + crashed))}")
        _count_below(update, self.limits.user_per_minute, minute_name(self.now))
        if most := self.limits.tokens_per_day:
            used = update.path(day_name(self.now))
            update.where(f"attribute_not_exists({used}) OR {used} < {update.value(number(most))}")

    def _within_session(self, update: Update, session: str) -> None:
        update.where(f"attribute_exists({update.path('sessions', session)})")
        minute = ("sessions", session, minute_name(self.now))
        _count_below(update, self.limits.session_per_minute, *minute)


def _count_below(update: Update, limit: int, *keys: str) -> None:
    if limit:
        path = update.path(*keys)
        update.count(path)
        update.where(f"attribute_not_exists({path}) OR {path} < {update.value(number(limit))}")


def _reached(count: int, limit: int) -> bool:
    return bool(limit) and count >= limit
