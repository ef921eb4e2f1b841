"""Small writes to a gate row. The write that opens a turn is in `admission.py`.

Each function returns an update for `GateTable.update`, or adds clauses to one.
"""

from collections.abc import Collection

from chatcore.dynamodb.update import Update
from chatcore.gate.limits import Limits
from chatcore.gate.row import GateTurn, first_name, kept_until, number, request_name


def new_row(now: float) -> Update:
    """Create an empty row, because an update can only reach into maps that exist."""
    update = Update()
    for name in ("sessions", "turns"):
        update.set(update.path(name), {"M": {}})
    update.set(update.path("expires_at"), kept_until(now))
    update.where(f"attribute_not_exists({update.path('pk')})")
    return update


def new_session(
    session: str, expires_at: int, now: float, *, expired: Collection[str], limit: int
) -> Update:
    """Record a session and remove expired ones, if that leaves at most `limit` sessions."""
    update = Update()
    sessions = update.path("sessions")
    update.set(update.path("sessions", session), {"M": {"expires": number(expires_at)}})
    update.set(update.path("expires_at"), kept_until(now))
    update.where(f"attribute_exists({sessions})")
    update.where(f"size({sessions}) < {update.value(number(limit + len(expired)))}")
    update.where(f"attribute_not_exists({update.path('sessions', session)})")
    for expired_session in expired:
        path = update.path("sessions", expired_session)
        update.remove(path)
        update.where(f"attribute_exists({path})")
    return update


def count_request(session: str | None, limits: Limits, now: float) -> Update:
    """Count a request that opens no turn, if its session is active and the limit allows it."""
    update = Update()
    update.where(f"attribute_exists({update.path('turns')})")
    if session is not None:
        update.where(f"attribute_exists({update.path('sessions', session)})")
    count_below(update, limits.user_requests_per_minute, request_name(now))
    return update


def add_listener(turn: GateTurn, name: str, limits: Limits, now: float) -> Update:
    """Add a listener to a turn, displacing the older one of two. This counts as a request."""
    update = Update()
    newest = update.path("turns", turn.thread, "newest_listener")
    update.copy(newest, update.path("turns", turn.thread, "older_listener"))
    update.set(newest, {"S": name})
    update.where(f"attribute_not_exists({newest}) OR {newest} <> {update.value({'S': name})}")
    require_turn(update, turn.thread, turn.id)
    count_below(update, limits.user_requests_per_minute, request_name(now))
    return update


def mark_deleted(thread: str) -> Update:
    """Mark the thread of a running turn as deleted, and ask the turn to stop."""
    update = _mark(thread, "deleted", "cancelled")
    update.where(f"attribute_exists({update.path('turns', thread)})")
    return update


def mark_cancelled(turn: GateTurn) -> Update:
    """Ask a turn to stop."""
    update = _mark(turn.thread, "cancelled")
    require_turn(update, turn.thread, turn.id)
    return update


def remove_turn(turn: GateTurn) -> Update:
    """Remove a turn's entry and, for a first turn, the attribute that blocks repeated requests."""
    update = Update()
    update.remove(update.path("turns", turn.thread))
    require_turn(update, turn.thread, turn.id)
    if turn.first:
        update.remove(update.path(first_name(turn.fingerprint)))
        update.where(f"attribute_exists({update.path('turns', turn.thread, 'first')})")
    return update


def remove_counters(names: Collection[str]) -> Update:
    """Remove counters by name."""
    update = Update()
    for name in names:
        update.remove(update.path(name))
    update.where(f"attribute_exists({update.path('pk')})")
    return update


def require_turn(update: Update, thread: str, turn: str, *, counted: int | None = None) -> None:
    """Apply the update only while the turn holds the thread.

    With `counted`, apply it only while exactly this many of the turn's tokens are counted.
    """
    identity = update.path("turns", thread, "id")
    update.where(f"{identity} = {update.value({'S': turn})}")
    if counted is not None:
        path = update.path("turns", thread, "counted")
        missing = "" if counted else f"attribute_not_exists({path}) OR "
        update.where(f"{missing}{path} = {update.value(number(counted))}")


def _mark(thread: str, *names: str) -> Update:
    update = Update()
    for name in names:
        update.set(update.path("turns", thread, name), {"BOOL": True})
    return update


def count_below(update: Update, limit: int, *keys: str) -> None:
    """Increase a counter, if it is below the limit. A limit of 0 counts nothing."""
    if limit:
        path = update.path(*keys)
        update.count(path)
        update.where(f"attribute_not_exists({path}) OR {path} < {update.value(number(limit))}")
