"""Sessions: a signed-in user's short-lived, revocable right to chat."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from chatcore.auth.callers import Callers
from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET
from chatcore.errors import NotFound
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.row import GateRow


@dataclass(frozen=True)
class Session:
    """A new session. `expires_at` is in seconds since 1970."""

    id: str
    client_secret: str
    expires_at: int
    user: str


@dataclass(frozen=True)
class Allowance:
    """A limit and what is left of it. Both are None if there is no limit."""

    limit: int | None
    left: int | None


@dataclass(frozen=True)
class SessionState:
    """A session's state, "active" or "revoked", and what is left of its user's limits."""

    id: str
    user: str
    expires_at: int
    state: str
    limits: dict[str, Allowance]


class Sessions:
    """Opens, shows and revokes sessions. Each call may raise `Unavailable`."""

    def __init__(
        self,
        keys: Keys,
        gate: Gate,
        limits: Limits,
        *,
        identity: IdentityVerifier | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Pass `identity` only if the login's own tokens may chat, and thus also stop an answer."""
        self._keys = keys
        self._callers = Callers(keys, identity)
        self._gate = gate
        self._limits = limits
        self._now = now

    def open(self, user: str) -> Session:
        """Open a session for a signed-in user. Raise `TooManyRequests` if there are too many."""
        session = f"sess_{secrets.token_hex(16)}"
        minted = CLIENT_SECRET.mint(self._keys.signing(), user, sid=session)
        self._gate.open_session(user, session, minted.expires_at)
        return Session(session, minted.token, minted.expires_at, user)

    def state(self, client_secret: str) -> SessionState:
        """Return the session's state. Raise `Unauthenticated` for an invalid or expired secret."""
        claims = CLIENT_SECRET.verify(self._keys, client_secret)
        user, session = claims["sub"], claims["sid"]
        row = self._gate.row(user)
        state = "active" if row.has_session(session) else "revoked"
        limits = _allowances(row, session, self._limits, self._now())
        return SessionState(session, user, claims["exp"], state, limits)

    def revoke(self, client_secret: str) -> None:
        """Revoke a client_secret's session at once. Raise `Unauthenticated` if it is invalid."""
        claims = CLIENT_SECRET.verify(self._keys, client_secret)
        self._gate.revoke(claims["sub"], claims["sid"])

    def cancel_turn(self, authorization: str | None, turn_id: str) -> None:
        """Ask the caller's running turn to stop.

        Raise `Unauthenticated`, also for a revoked session, or `NotFound` if the turn is not
        running.
        """
        caller = self._callers.of(authorization)
        self._gate.check(caller)
        if not self._gate.cancel_turn(caller.user, turn_id):
            raise NotFound("No answer with this id is being written.")


def _allowances(row: GateRow, session: str, limits: Limits, now: float) -> dict[str, Allowance]:
    running = sum(turn.lease >= now for turn in row.turns)
    return {
        "session_messages_per_minute": _allowance(
            limits.session_per_minute, row.session_minute(session, now)
        ),
        "user_messages_per_minute": _allowance(limits.user_per_minute, row.user_minute(now)),
        "user_requests_per_minute": _allowance(limits.user_requests_per_minute, row.requests(now)),
        "running_answers": _allowance(limits.running_turns, running),
        "tokens_per_day": _allowance(limits.tokens_per_day, row.tokens_today(now)),
    }


def _allowance(limit: int, used: int) -> Allowance:
    return Allowance(limit, max(0, limit - used)) if limit else Allowance(None, None)
