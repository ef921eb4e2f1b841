"""The write that opens a turn, and the reasons for which the gate refuses one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatcore.dynamodb.update import Update
from chatcore.errors import ApiError, Conflict, NotFound, Unauthenticated
from chatcore.gate.limits import (
    Limits,
    daily_limit_reached,
    thread_busy,
    too_fast,
    too_many_running,
)
from chatcore.gate.row import (
    GateRow,
    GateTurn,
    day_name,
    first_name,
    kept_until,
    minute_name,
    number,
)
from chatcore.gate.updates import count_below

if TYPE_CHECKING:
    from chatcore.gate.row import Values


@dataclass(frozen=True)
class Requester:
    """A user with a session, or with a token of the login (`session` is None).

    `device` distinguishes the user's devices as far as the token allows.
    """

    user: str
    session: str | None
    device: str = field(default="", compare=False)


class Repeated(Exception):
    """`turn` is already answering the same request."""

    def __init__(self, turn: GateTurn) -> None:
        self.turn = turn


@dataclass(frozen=True)
class Admission:
    """A request to open a turn. `now` is in seconds since 1970."""

    caller: Requester
    turn: GateTurn
    limits: Limits
    now: float

    def update(self, crashed: Sequence[GateTurn]) -> Update:
        """Return the write that opens the turn, on the condition that every limit allows it.

        The write also removes crashed turns, whose leases have ended, but not their deletion marks.
        """
        update = Update()
        path = update.path("turns", self.turn.thread)
        update.set(path, {"M": _entry(self.turn)})
        update.set(update.path("expires_at"), kept_until(self.now))
        if self.turn.thread not in {turn.thread for turn in crashed}:
            update.where(f"attribute_not_exists({path})")
        self._claim_first(update, crashed)
        self._replace_crashed(update, crashed)
        self._require_user_limits(update, len(crashed))
        if self.caller.session is not None:
            self._require_session(update, self.caller.session)
        return update

    def refusal(self, row: GateRow) -> ApiError | Repeated | None:
        """Return why the gate refuses the turn, or None if only crashed turns block it."""
        limits, session = self.limits, self.caller.session
        alive = [turn for turn in row.turns if turn.lease >= self.now]
        if session is not None and not row.has_session(session):
            return Unauthenticated()
        for turn in alive:
            if turn.deleted and turn.thread == self.turn.thread:
                return NotFound(f"Thread {turn.thread} not found")
            if turn.fingerprint and turn.fingerprint == self.turn.fingerprint:
                return _still_stopping() if turn.deleted else Repeated(turn)
        if any(turn.thread == self.turn.thread for turn in alive):
            return thread_busy()
        if _reached(len(alive), limits.running_turns):
            return too_many_running()
        if _reached(row.user_minute(self.now), limits.user_per_minute):
            return too_fast(self.now)
        if session and _reached(row.session_minute(session, self.now), limits.session_per_minute):
            return too_fast(self.now)
        if _reached(row.tokens_today(self.now), limits.tokens_per_day):
            return daily_limit_reached(self.now)
        return None

    def _claim_first(self, update: Update, crashed: Sequence[GateTurn]) -> None:
        """Let only one of two first requests with the same fingerprint open a turn."""
        if self.turn.first:
            path = update.path(first_name(self.turn.fingerprint))
            update.set(path, {"S": self.turn.id})
            if not any(self._same_first(turn) for turn in crashed):
                update.where(f"attribute_not_exists({path})")

    def _replace_crashed(self, update: Update, crashed: Sequence[GateTurn]) -> None:
        """Remove crashed turns, but keep deletion marks until the threads' rows are deleted."""
        for turn in crashed:
            identity = update.path("turns", turn.thread, "id")
            lease = update.path("turns", turn.thread, "lease")
            # The turn might have renewed its lease at the last moment.
            update.where(f"{identity} = {update.value({'S': turn.id})}")
            update.where(f"{lease} < {update.value(number(self.now))}")
            if turn.thread != self.turn.thread and turn.deleted:
                for name in ("first", "fingerprint"):
                    update.remove(update.path("turns", turn.thread, name))
            elif turn.thread != self.turn.thread:
                update.remove(update.path("turns", turn.thread))
            if turn.first and not self._same_first(turn):
                update.remove(update.path(first_name(turn.fingerprint)))

    def _same_first(self, turn: GateTurn) -> bool:
        return turn.first and self.turn.first and turn.fingerprint == self.turn.fingerprint

    def _require_user_limits(self, update: Update, crashed: int) -> None:
        turns = update.path("turns")
        update.where(f"attribute_exists({turns})")
        if limit := self.limits.running_turns:
            update.where(f"size({turns}) < {update.value(number(limit + crashed))}")
        count_below(update, self.limits.user_per_minute, minute_name(self.now))
        if limit := self.limits.tokens_per_day:
            used = update.path(day_name(self.now))
            update.where(f"attribute_not_exists({used}) OR {used} < {update.value(number(limit))}")

    def _require_session(self, update: Update, session: str) -> None:
        update.where(f"attribute_exists({update.path('sessions', session)})")
        minute = ("sessions", session, minute_name(self.now))
        count_below(update, self.limits.session_per_minute, *minute)


def _entry(turn: GateTurn) -> Values:
    entry: Values = {"id": {"S": turn.id}, "lease": number(turn.lease)}
    if turn.fingerprint:
        entry["fingerprint"] = {"S": turn.fingerprint}
    marks = {"first": turn.first, "deleted": turn.deleted, "cancelled": turn.cancelled}
    return entry | {name: {"BOOL": True} for name, is_set in marks.items() if is_set}


def _still_stopping() -> Conflict:
    return Conflict("The answer in the chat that you deleted is still stopping. Please try again.")


def _reached(count: int, limit: int) -> bool:
    return bool(limit) and count >= limit
