"""The gate for sessions and for requests that open no turn.

Each user has one row of the Sessions table. A repeated write, after a lost acknowledgment, changes
nothing more, except that a request may be counted twice. Every call may raise `Unavailable`.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from chatcore.dynamodb.table import Refused
from chatcore.dynamodb.update import Update
from chatcore.errors import Unauthenticated
from chatcore.gate import updates
from chatcore.gate.admission import Requester
from chatcore.gate.limits import (
    Limits,
    too_many_at_once,
    too_many_requests,
    too_many_sessions,
)
from chatcore.gate.row import GateRow
from chatcore.gate.table import GateTable

# The clocks of two environments may differ by this many seconds without giving a thread two turns.
CLOCK_SLACK = 30
# A user may have this many sessions. Those of closed tabs count until they expire.
MAX_SESSIONS = 100
# From this many sessions on, expired ones are removed: a smaller row makes each write cheaper.
FEW_SESSIONS = 8
# A request removes the counters of past minutes once there are more than this.
FEW_COUNTERS = 8
# Attempts at one conditional write. Each failure means that another write to the row succeeded.
TRIES = 40


class SessionGate:
    """Sessions and request limits of each user. Times are in seconds since 1970."""

    def __init__(
        self, table: GateTable, limits: Limits, *, now: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._limits = limits
        self._now = now

    def row(self, user: str) -> GateRow:
        """Read the user's gate row."""
        return self._table.read(user)

    def check(self, caller: Requester) -> None:
        """Raise `Unauthenticated` if the caller's session has been revoked. This takes one read."""
        if caller.session is not None and not self.row(caller.user).has_session(caller.session):
            raise Unauthenticated

    def admit(self, caller: Requester) -> None:
        """Count a request that opens no turn.

        This takes one write, or one read as in `check` when no limit is set. Raise
        `Unauthenticated` for a revoked session and `TooManyRequests` when the limit is reached.
        """
        limit = self._limits.user_requests_per_minute
        if not limit:
            return self.check(caller)
        for _ in range(TRIES):
            now = self._now()
            try:
                update = updates.count_request(caller.session, self._limits, now)
                row = self._table.update(caller.user, update)
            except Refused as refused:
                row = GateRow(refused.row)
            else:
                return self._remove_counters(caller.user, row.past_counters(now))
            if caller.session is not None and not row.has_session(caller.session):
                raise Unauthenticated
            if row.requests(now) >= limit:
                raise too_many_requests(now)
            self._create_row(caller.user)
        raise too_many_at_once()

    def open_session(self, user: str, session: str, expires_at: int) -> None:
        """Record a session. Raise `TooManyRequests` if the user has too many."""
        expired: list[str] = []
        limit = FEW_SESSIONS
        for _ in range(TRIES):
            now = self._now()
            try:
                update = updates.new_session(session, expires_at, now, expired=expired, limit=limit)
                self._table.update(user, update)
                return
            except Refused as refused:
                row = GateRow(refused.row)
            if row.has_session(session):
                return
            expired = row.expired_sessions(now - CLOCK_SLACK)
            limit = MAX_SESSIONS
            if not row.exists:
                self._create_row(user)
            elif len(row.sessions) - len(expired) >= MAX_SESSIONS:
                raise too_many_sessions()
        raise too_many_at_once()

    def revoke(self, user: str, session: str) -> None:
        """End a session immediately. Do nothing if it has already ended."""
        update = Update()
        path = update.path("sessions", session)
        update.remove(path)
        update.where(f"attribute_exists({path})")
        with suppress(Refused):
            self._table.update(user, update)

    def _remove_counters(self, user: str, past: list[str]) -> None:
        if len(past) > FEW_COUNTERS:
            with suppress(Refused):
                self._table.update(user, updates.remove_counters(past))

    def _create_row(self, user: str) -> None:
        with suppress(Refused):
            self._table.update(user, updates.new_row(self._now()))
