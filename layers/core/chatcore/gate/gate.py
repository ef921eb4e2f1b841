"""The gate: who may chat now, kept in one row per user of the Sessions table.

A turn is opened by one conditional write and closed by one. A write that was made again, because
its acknowledgement was lost, changes nothing more, but for a request that may be counted twice.
Every call may raise `Unavailable`.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chatcore.dynamodb.table import Refused
from chatcore.dynamodb.update import Update
from chatcore.errors import Unauthenticated, Unavailable
from chatcore.gate import updates
from chatcore.gate.admission import Admission, Requester
from chatcore.gate.limits import Limits, too_many_requests, too_many_sessions
from chatcore.gate.row import GateRow, GateTurn, day_name, first_name, kept_until, number
from chatcore.gate.table import GateTable

# Clocks of two containers may differ by this much, and still no thread has two turns at once.
CLOCK_SLACK = 30
# Of one user, closed tabs among them until they expire.
MAX_SESSIONS = 100
# Of one user, until ended ones are looked for: the fewer there are, the less each write costs.
FEW_SESSIONS = 8
# Counters of past minutes, until a request drops them.
FEW_COUNTERS = 8
# Another try follows only when somebody else's write came in between.
TRIES = 40


@dataclass
class OpenTurn:
    """A turn that the gate let in. Closing it drops past counters and ended sessions from the row.

    `first` is the fingerprint of its request if that began the thread. `counted` are the tokens
    that the row counts for it so far, `counted_on` the counter that has the last of them.
    `abandoned` are deleted threads' turns that crashed: whoever
    closes this one sweeps those threads too.
    """

    user: str
    thread: str
    id: str
    past_counters: tuple[str, ...] = ()
    ended_sessions: tuple[str, ...] = ()
    first: str = ""
    counted: int = 0
    counted_on: str = ""
    abandoned: tuple[GateTurn, ...] = ()


class Gate:
    """Sessions, limits and running turns of each user. Times are in seconds since 1970."""

    def __init__(
        self, table: GateTable, limits: Limits, *, now: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._limits = limits
        self._now = now

    def row(self, user: str) -> GateRow:
        return self._table.read(user)

    def check(self, caller: Requester) -> None:
        """One read; `Unauthenticated` when the session has been revoked."""
        if caller.session is not None and not self.row(caller.user).has_session(caller.session):
            raise Unauthenticated

    def admit(self, caller: Requester) -> None:
        """Let in a request that opens no turn, and count it.

        One write; in place of it one read, as `check` does, where no limit is set.
        Raises `Unauthenticated` for a revoked session, `TooManyRequests` when the limit is reached.
        """
        limit = self._limits.user_requests_per_minute
        if not limit:
            return self.check(caller)
        for _ in range(TRIES):
            now = self._now()
            try:
                row = self._table.update(
                    caller.user, updates.request(caller.session, self._limits, now)
                )
            except Refused as refused:
                row = GateRow(refused.row)
            else:
                return self._drop_counters(caller.user, row.past_counters(now))
            if caller.session is not None and not row.has_session(caller.session):
                raise Unauthenticated
            if row.requests(now) >= limit:
                raise too_many_requests(now)
            self._begin(caller.user)
        raise _crowded()

    def open_session(self, user: str, session: str, expires_at: int) -> None:
        """Record a session; `TooManyRequests` while the user has too many of them."""
        ended: list[str] = []
        most = FEW_SESSIONS
        for _ in range(TRIES):
            now = self._now()
            try:
                update = updates.new_session(session, expires_at, now, ended=ended, most=most)
                self._table.update(user, update)
                return
            except Refused as refused:
                row = GateRow(refused.row)
            if row.has_session(session):
                return
            ended, most = row.expired_sessions(now - CLOCK_SLACK), MAX_SESSIONS
            if not row.exists:
                self._begin(user)
            elif len(row.sessions) - len(ended) >= MAX_SESSIONS:
                raise too_many_sessions()
        raise _crowded()

    def revoke(self, user: str, session: str) -> None:
        """End a session at once for all that comes after; an ended one stays so."""
        update = Update()
        path = update.path("sessions", session)
        update.remove(path)
        update.where(f"attribute_exists({path})")
        try:
            self._table.update(user, update)
        except Refused:
            return

    def open_turn(
        self,
        caller: Requester,
        thread: str,
        turn: str,
        *,
        seconds: float,
        fingerprint: str = "",
        first: bool = False,
    ) -> OpenTurn:
        """Let a turn in for so long; one that goes on has to renew in time.

        Raises `Unauthenticated` for a revoked session, `Repeated` while a turn of the same
        fingerprint runs, `Conflict` while another turn of the thread does, `TooManyRequests` when
        a limit is reached. A `first` turn begins its thread, so that only its fingerprint tells it.
        """
        crashed: list[GateTurn] = []
        for _ in range(TRIES):
            clock = self._now()
            lease = int(clock + seconds) + CLOCK_SLACK
            # A mark of deletion stays with the thread until a turn has deleted its rows.
            gone = any(each.deleted for each in crashed if each.thread == thread)
            running = GateTurn(
                thread, turn, lease, gone, fingerprint=fingerprint, first=first, deleted=gone
            )
            # Leases end with whole seconds, here as in the row's conditions.
            now = int(clock)
            admission = Admission(caller, running, self._limits, now)
            try:
                row = self._table.update(caller.user, admission.update(crashed))
            except Refused as refused:
                row = GateRow(refused.row)
            held = row.turn_of(thread)
            if held is not None and held.id == turn and held.lease >= now:
                return OpenTurn(
                    caller.user,
                    thread,
                    turn,
                    tuple(row.past_counters(now)),
                    tuple(row.expired_sessions(now - CLOCK_SLACK)),
                    fingerprint if first else "",
                    abandoned=tuple(row.abandoned(now)),
                )
            if caller.session is None and not row.exists:
                self._begin(caller.user)
            elif refusal := admission.refusal(row):
                raise refusal
            crashed = [each for each in row.turns if each.lease < now]
        raise _crowded()

    def join_turn(self, user: str, turn: GateTurn, listener: str) -> None:
        """Let a request listen to a running turn, in place of the older of two others.

        Do nothing when the turn has ended. Raises `TooManyRequests` when the limit is reached.
        """
        now = self._now()
        try:
            self._table.update(user, updates.listener(turn, listener, self._limits, now))
        except Refused as refused:
            row = GateRow(refused.row)
            running = row.turn_of(turn.thread)
            if running and running.id == turn.id and listener not in running.listeners:
                raise too_many_requests(now) from None

    def cancel_turn(self, user: str, turn: str) -> bool:
        """Ask a running turn to stop; False when there is none of that id."""
        now = self._now()
        for running in self.row(user).turns:
            if running.id == turn and running.lease >= now:
                with suppress(Refused):
                    self._table.update(user, updates.cancellation(running))
                    return True
        return False

    def delete_thread(self, user: str, thread: str) -> bool:
        """Ask the turn that runs in a deleted thread to stop and to sweep the thread.

        Return False when none runs there. One whose lease is over counts until another turn has
        taken its place.
        """
        try:
            self._table.update(user, updates.deletion(thread))
        except Refused:
            return False
        return True

    def is_deleted(self, turn: OpenTurn) -> bool:
        """Whether the turn's thread was deleted while it ran."""
        running = self._running(turn)
        return running is not None and running.deleted

    def drop_turn(self, user: str, turn: GateTurn) -> None:
        """Remove the entry of a crashed turn whose deleted thread has been swept."""
        try:
            self._table.update(user, updates.without_turn(turn))
        except Refused as refused:
            left = GateRow(refused.row).turn_of(turn.thread)
            # Its request was made again meanwhile: that turn now keeps others away.
            if left and left.id == turn.id and turn.first and not left.first:
                with suppress(Refused):
                    self._table.update(user, updates.without_turn(left))

    def has_crashed(self, turn: GateTurn) -> bool:
        """Whether the lease of a turn that is not closed is over."""
        return turn.lease < int(self._now())

    def is_cancelled(self, turn: OpenTurn) -> bool:
        """Whether the turn has been asked to stop."""
        running = self._running(turn)
        return running is not None and running.cancelled

    def renew_turn(self, turn: OpenTurn, *, seconds: float, tokens: int = 0) -> bool:
        """Let the turn go on for so long; False when it is to stop, or has lost its thread.

        Count the tokens that it has used so far, each once.
        """

        def renewed(now: float) -> Update:
            update = Update()
            path = update.path("turns", turn.thread, "lease")
            update.set(path, number(int(now + seconds) + CLOCK_SLACK))
            update.set(update.path("turns", turn.thread, "counted"), number(tokens))
            return update

        row = self._update_turn(turn, tokens, renewed)
        running = row.turn_of(turn.thread) if row else None
        return running is not None and not running.cancelled

    def close_turn(self, turn: OpenTurn, *, tokens: int, swept: bool = False) -> bool:
        """Free the thread, and count the tokens that the turn has used; once.

        Return False, and do neither, when the thread was deleted while the turn ran, unless the
        turn has `swept` its rows; and when the turn has lost its place, or is closed already.
        """

        def closed(now: float) -> Update:
            update = Update()
            if not swept:
                mark = update.path("turns", turn.thread, "deleted")
                update.where(f"attribute_not_exists({mark})")
            update.remove(update.path("turns", turn.thread))
            if turn.first:
                update.remove(update.path(first_name(turn.first)))
            for name in turn.past_counters:
                update.remove(update.path(name))
            for session in turn.ended_sessions:
                update.remove(update.path("sessions", session))
            update.set(update.path("expires_at"), kept_until(now))
            return update

        return self._update_turn(turn, tokens, closed) is not None

    def _update_turn(
        self, turn: OpenTurn, tokens: int, make: Callable[[float], Update]
    ) -> GateRow | None:
        """Write to a running turn, and count the tokens that the row does not count yet.

        Return the row, or None when the turn has lost its thread. An earlier write may have been
        applied although it seemed to fail, and one may be under way: the row says what counts.
        """
        for _ in range(TRIES):
            now, counted = self._now(), turn.counted
            day, step = day_name(now), tokens - counted
            if turn.counted_on not in ("", day):
                # What was estimated too high yesterday is not taken from today.
                step = max(0, step)
            update = make(now)
            updates.of_turn(update, turn.thread, turn.id, counted=counted)
            update.count(update.path(day), step)
            try:
                row = self._table.update(turn.user, update)
            except Refused as refused:
                running = GateRow(refused.row).turn_of(turn.thread)
                if running is None or running.id != turn.id or running.counted == counted:
                    return None
                turn.counted = running.counted
            else:
                turn.counted, turn.counted_on = tokens, day
                return row
        raise _crowded()

    def _running(self, turn: OpenTurn) -> GateTurn | None:
        running = self.row(turn.user).turn_of(turn.thread)
        return running if running and running.id == turn.id else None

    def _drop_counters(self, user: str, past: list[str]) -> None:
        if len(past) > FEW_COUNTERS:
            with suppress(Refused):
                self._table.update(user, updates.without_counters(past))

    def _begin(self, user: str) -> None:
        with suppress(Refused):
            self._table.update(user, updates.new_row(self._now()))


def _crowded() -> Unavailable:
    return Unavailable("Too many requests at once. Please try again.")
