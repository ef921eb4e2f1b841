"""The gate: decides which turns may run, on top of the checks for sessions and requests.

One conditional write opens a turn and one closes it. A repeated write, after a lost acknowledgment,
changes nothing more. Every call may raise `Unavailable`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chatcore.dynamodb.table import Refused
from chatcore.dynamodb.update import Update
from chatcore.gate import updates
from chatcore.gate.admission import Admission, Requester
from chatcore.gate.limits import too_many_at_once, too_many_requests
from chatcore.gate.row import GateRow, GateTurn, day_name, first_name, kept_until, number
from chatcore.gate.sessions import CLOCK_SLACK, TRIES, SessionGate


@dataclass
class OpenTurn:
    """A turn that the gate has opened. Closing it also removes past counters and expired sessions.

    `first` is the fingerprint of its request if that request began the thread. `counted` is the
    number of its tokens that the row counts so far, and `counted_on` the name of the day counter
    that was last increased. `abandoned` lists crashed turns of deleted threads, whose rows must be
    deleted when this turn closes.
    """

    user: str
    thread: str
    id: str
    past_counters: tuple[str, ...] = ()
    expired_sessions: tuple[str, ...] = ()
    first: str = ""
    counted: int = 0
    counted_on: str = ""
    abandoned: tuple[GateTurn, ...] = ()


class Gate(SessionGate):
    """Sessions, limits and running turns of each user. Times are in seconds since 1970."""

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
        """Open a turn with a lease of this many seconds; a longer turn has to renew it in time.

        Raise `Unauthenticated` for a revoked session, `Repeated` while a turn with the same
        fingerprint runs, `Conflict` while another turn of the thread runs, `NotFound` while a turn
        of the thread is being stopped by the thread's deletion, and `TooManyRequests` when a limit
        is reached. A `first` turn begins its thread. Each attempt at it has a new thread id, so
        only its fingerprint identifies it.
        """
        crashed: list[GateTurn] = []
        for _ in range(TRIES):
            clock = self._now()
            lease = int(clock + seconds) + CLOCK_SLACK
            # A deletion mark stays on the thread until a turn has deleted the thread's rows.
            deleted = any(each.deleted for each in crashed if each.thread == thread)
            requested = GateTurn(
                thread, turn, lease, deleted, fingerprint=fingerprint, first=first, deleted=deleted
            )
            # Leases end on whole seconds, here as in the row's conditions.
            now = int(clock)
            admission = Admission(caller, requested, self._limits, now)
            try:
                row = self._table.update(caller.user, admission.update(crashed))
            except Refused as refused:
                row = GateRow(refused.row)
            running = row.turn_of(thread)
            if running is not None and running.id == turn and running.lease >= now:
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
                self._create_row(caller.user)
            elif refusal := admission.refusal(row):
                raise refusal
            crashed = [each for each in row.turns if each.lease < now]
        raise too_many_at_once()

    def add_listener(self, user: str, turn: GateTurn, listener: str) -> None:
        """Add a listener to a running turn, displacing the older one if there are two.

        Do nothing if the turn has ended. Raise `TooManyRequests` when the limit is reached.
        """
        now = self._now()
        try:
            self._table.update(user, updates.add_listener(turn, listener, self._limits, now))
        except Refused as refused:
            row = GateRow(refused.row)
            running = row.turn_of(turn.thread)
            if running and running.id == turn.id and listener not in running.listeners:
                raise too_many_requests(now) from None

    def cancel_turn(self, user: str, turn: str) -> bool:
        """Ask a running turn to stop. Return False if no turn with that id is running."""
        now = self._now()
        for running in self.row(user).turns:
            if running.id == turn and running.lease >= now:
                with suppress(Refused):
                    self._table.update(user, updates.mark_cancelled(running))
                    return True
        return False

    def mark_deleted(self, user: str, thread: str) -> bool:
        """Ask the running turn of a deleted thread to stop and to delete what it wrote.

        Return False if the thread has no turn. A turn whose lease has ended still counts, until
        another turn replaces it.
        """
        try:
            self._table.update(user, updates.mark_deleted(thread))
        except Refused:
            return False
        return True

    def is_deleted(self, turn: OpenTurn) -> bool:
        """Return whether the turn's thread was deleted while it ran."""
        running = self._running(turn)
        return running is not None and running.deleted

    def drop_turn(self, user: str, turn: GateTurn) -> None:
        """Remove the entry of a crashed turn, once the rows of its deleted thread are gone."""
        try:
            self._table.update(user, updates.remove_turn(turn))
        except Refused as refused:
            remaining = GateRow(refused.row).turn_of(turn.thread)
            # Its request was repeated meanwhile, and the new turn holds its `first#` attribute.
            if remaining and remaining.id == turn.id and turn.first and not remaining.first:
                with suppress(Refused):
                    self._table.update(user, updates.remove_turn(remaining))

    def has_crashed(self, turn: GateTurn) -> bool:
        """Return whether a turn that was never closed has outlived its lease."""
        return turn.lease < int(self._now())

    def is_cancelled(self, turn: OpenTurn) -> bool:
        """Return whether the turn has been asked to stop."""
        running = self._running(turn)
        return running is not None and running.cancelled

    def renew_turn(self, turn: OpenTurn, *, seconds: float, tokens: int = 0) -> bool:
        """Extend the lease by this many seconds, and count the tokens used so far, each once.

        Return False if the turn has been asked to stop or has lost its thread.
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

    def close_turn(self, turn: OpenTurn, *, tokens: int, rows_deleted: bool = False) -> bool:
        """Free the thread, and count the tokens that the turn has used, each once.

        Return False, and do neither, if the turn is already closed or has lost its thread. The
        same holds if the thread was deleted while the turn ran, unless `rows_deleted` says that the
        turn has deleted the thread's rows.
        """

        def closed(now: float) -> Update:
            update = Update()
            if not rows_deleted:
                mark = update.path("turns", turn.thread, "deleted")
                update.where(f"attribute_not_exists({mark})")
            update.remove(update.path("turns", turn.thread))
            if turn.first:
                update.remove(update.path(first_name(turn.first)))
            for name in turn.past_counters:
                update.remove(update.path(name))
            for session in turn.expired_sessions:
                update.remove(update.path("sessions", session))
            update.set(update.path("expires_at"), kept_until(now))
            return update

        return self._update_turn(turn, tokens, closed) is not None

    def _update_turn(
        self, turn: OpenTurn, tokens: int, make_update: Callable[[float], Update]
    ) -> GateRow | None:
        """Write to a running turn, and count the tokens that the row does not count yet.

        Return the row, or None if the turn has lost its thread. The row decides what is counted,
        because an earlier write may have succeeded although it seemed to fail.
        """
        for _ in range(TRIES):
            now = self._now()
            day = day_name(now)
            counted = turn.counted
            step = tokens - counted
            if turn.counted_on not in ("", day):
                # An estimate that was too high yesterday does not reduce today's count.
                step = max(0, step)
            update = make_update(now)
            updates.require_turn(update, turn.thread, turn.id, counted=counted)
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
        raise too_many_at_once()

    def _running(self, turn: OpenTurn) -> GateTurn | None:
        running = self.row(turn.user).turn_of(turn.thread)
        return running if running and running.id == turn.id else None
