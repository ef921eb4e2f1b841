"""The small writes to a gate row. `admission.py` has the one that opens a turn."""

from collections.abc import Collection

from chatcore.dynamodb.update import Update
from chatcore.gate.limits import Limits
from chatcore.gate.row import GateTurn, first_name, kept_until, number, request_name


def new_row(now: float) -> Update:
    """Begin a row that holds nothing: an update reaches only into maps that exist."""
    update = Update()
    for name in ("sessions", "turns"):
        update.set(update.path(name), {"M": {}})
    update.set(update.path("expires_at"), kept_until(now))
    update.where(f"attribute_not_exists({update.path('pk')})")
    return update


def new_session(
    session: str, expires_at: int, now: float, *, ended: Collection[str], most: int
) -> Update:
    """Record a session in place of ended ones, so that there are at most so many."""
    update = Update()
    sessions = update.path("sessions")
    update.set(update.path("sessions", session), {"M": {"expires": number(expires_at)}})
    update.set(update.path("expires_at"), kept_until(now))
    update.where(f"attribute_exists({sessions})")
    update.where(f"size({sessions}) < {update.value(number(most + len(ended)))}")
    update.where(f"attribute_not_exists({update.path('sessions', session)})")
    for each in ended:
        path = update.path("sessions", each)
        update.remove(path)
        update.where(f"attribute_exists({path})")
    return update


def request(session: str | None, limits: Limits, now: float) -> Update:
    """Count a request that opens no turn, if its session holds and the limit allows it."""
    update = Update()
    update.where(f"attribute_exists({update.path('turns')})")
    if session is not None:
        update.where(f"attribute_exists({update.path('sessions', session)})")
    count_below(update, limits.user_requests_per_minute, request_name(now))
    return update


def listener(turn: GateTurn, name: str, limits: Limits, now: float) -> Update:
    """Add a listener to a turn in place of the older of two. It counts as a request."""
    update = Update()
    newest = update.path("turns", turn.thread, "newest_listener")
    update.copy(newest, update.path("turns", turn.thread, "older_listener"))
    update.set(newest, {"S": name})
    update.where(f"attribute_not_exists({newest}) OR {newest} <> {update.value({'S': name})}")
    of_turn(update, turn.thread, turn.id)
    count_below(update, limits.user_requests_per_minute, request_name(now))
    return update


def deletion(thread: str) -> Update:
    """Mark the turn that runs in a deleted thread, and ask it to stop."""
    update = _marking(thread, "deleted", "cancelled")
    update.where(f"attribute_exists({update.path('turns', thread)})")
    return update


def cancellation(turn: GateTurn) -> Update:
    """Ask a turn to stop."""
    update = _marking(turn.thread, "cancelled")
    of_turn(update, turn.thread, turn.id)
    return update


def without_turn(turn: GateTurn) -> Update:
    """Remove a turn's entry, and for a first one what keeps its request from being made again."""
    update = Update()
    update.remove(update.path("turns", turn.thread))
    of_turn(update, turn.thread, turn.id)
    if turn.first:
        update.remove(update.path(first_name(turn.fingerprint)))
        update.where(f"attribute_exists({update.path('turns', turn.thread, 'first')})")
    return update


def without_counters(names: Collection[str]) -> Update:
    update = Update()
    for name in names:
        update.remove(update.path(name))
    update.where(f"attribute_exists({update.path('pk')})")
    return update


def of_turn(update: Update, thread: str, turn: str, *, counted: int | None = None) -> None:
    """Let the update happen only while the turn has the thread.

    With `counted`, only while so many of its tokens are counted.
    """
    identity = update.path("turns", thread, "id")
    update.where(f"{identity} = {update.value({'S': turn})}")
    if counted is not None:
        path = update.path("turns", thread, "counted")
        missing = "" if counted else f"attribute_not_exists({path}) OR "
        update.where(f"{missing}{path} = {update.value(number(counted))}")


def _marking(thread: str, *names: str) -> Update:
    update = Update()
    for name in names:
        update.set(update.path("turns", thread, name), {"BOOL": True})
    return update


def count_below(update: Update, limit: int, *keys: str) -> None:
    """Count one more, if that is within the limit. A limit of 0 counts nothing."""
    if limit:
        path = update.path(*keys)
        update.count(path)
        update.where(f"attribute_not_exists({path}) OR {path} < {update.value(number(limit))}")
