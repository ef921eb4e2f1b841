"""The gate row: one user's sessions, running turns and usage, in a row of the Sessions table.

    pk                user#{user}
    sk                gate
    sessions          {session id: {"expires": s, "m{minute}": messages in that minute}}
    turns             {thread id: {"id": turn id, "lease": its end in s, …}}, one entry for each
                      running answer
                        `fingerprint`: the fingerprint of its request
                        `first`: its request began the thread
                        `cancelled`: it has been asked to stop
                        `deleted`: its thread was deleted, and it must delete what it wrote there
                        `counted`: how many of its tokens d{day} includes so far
                        `newest_listener`, `older_listener`: other requests that follow the answer
    first#{…}         exists while a turn runs whose first request has that fingerprint
    m{minute}         messages in that minute, counted from 1970
    r{minute}         other requests in that minute
    d{day}            tokens used on that day, counted from 1970, in UTC
    expires_at        s since 1970, for DynamoDB's TTL

No counter needs to be reset: its name contains its minute or day. No turn blocks its thread
forever: if its environment dies, the turn ends with its lease.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from chatcore.gate.limits import DAY, MINUTE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Values = dict[str, AttributeValueTypeDef]

# A row must outlive the day that it counts.
KEPT_SECONDS = 2 * DAY


def row_key(user: str) -> Values:
    """Return the key of a user's row. The user id is encoded, so that none reaches another row."""
    return {"pk": {"S": f"user#{quote(user, safe='')}"}, "sk": {"S": "gate"}}


def number(value: float) -> AttributeValueTypeDef:
    return {"N": str(int(value))}


def kept_until(now: float) -> AttributeValueTypeDef:
    """Return the `expires_at` of a row that is written now."""
    return number(now + KEPT_SECONDS)


def minute_name(now: float) -> str:
    return f"m{int(now // MINUTE)}"


def request_name(now: float) -> str:
    return f"r{int(now // MINUTE)}"


def day_name(now: float) -> str:
    return f"d{int(now // DAY)}"


def first_name(fingerprint: str) -> str:
    """Return the name of the attribute that blocks a repeated first request."""
    return f"first#{fingerprint}"


@dataclass(frozen=True)
class GateTurn:
    """A turn's entry. `lease` is when its lease ends, in seconds since 1970.

    `fingerprint` belongs to the request that the turn answers; `first` says that this request began
    the thread. `listeners` are the other requests that follow the turn, at most two. `counted` is
    how many of its tokens the day's counter includes. `deleted` says that its thread was deleted
    while it ran.
    """

    thread: str
    id: str
    lease: int
    cancelled: bool = False
    fingerprint: str = ""
    first: bool = False
    listeners: tuple[str, ...] = ()
    counted: int = 0
    deleted: bool = False


class GateRow:
    """A gate row as DynamoDB returned it. A missing row is empty."""

    def __init__(self, item: Values | None) -> None:
        self._item = item or {}

    @property
    def exists(self) -> bool:
        return bool(self._item)

    @property
    def turns(self) -> list[GateTurn]:
        entries = self._item.get("turns", {}).get("M", {})
        return [
            GateTurn(
                thread,
                entry["M"]["id"]["S"],
                int(entry["M"]["lease"]["N"]),
                "cancelled" in entry["M"],
                entry["M"].get("fingerprint", {}).get("S", ""),
                "first" in entry["M"],
                _listeners(entry["M"]),
                _count(entry["M"], "counted"),
                "deleted" in entry["M"],
            )
            for thread, entry in entries.items()
        ]

    def turn_of(self, thread: str) -> GateTurn | None:
        return next((turn for turn in self.turns if turn.thread == thread), None)

    def abandoned(self, now: float) -> list[GateTurn]:
        """Return turns of deleted threads that crashed before they deleted what they wrote."""
        return [turn for turn in self.turns if turn.deleted and turn.lease < now]

    def has_session(self, session: str) -> bool:
        return session in self.sessions

    def expired_sessions(self, now: float) -> list[str]:
        return [
            session
            for session, entry in self.sessions.items()
            if int(entry["M"]["expires"]["N"]) < now
        ]

    def session_minute(self, session: str, now: float) -> int:
        return _count(self.sessions.get(session, {}).get("M", {}), minute_name(now))

    def user_minute(self, now: float) -> int:
        return _count(self._item, minute_name(now))

    def requests(self, now: float) -> int:
        """Return how many requests of this minute opened no turn."""
        return _count(self._item, request_name(now))

    def tokens_today(self, now: float) -> int:
        return _count(self._item, day_name(now))

    def past_counters(self, now: float) -> list[str]:
        """Return counters that no condition reads now, even if a clock is a minute slow."""
        lengths = {"m": MINUTE, "r": MINUTE, "d": DAY}
        return [
            name for name in self.counters if (int(name[1:]) + 1) * lengths[name[0]] < now - MINUTE
        ]

    @property
    def counters(self) -> list[str]:
        return [name for name in self._item if name[1:].isdigit()]

    @property
    def sessions(self) -> Mapping[str, AttributeValueTypeDef]:
        return self._item.get("sessions", {}).get("M", {})


def _listeners(entry: Values) -> tuple[str, ...]:
    names = (entry.get(name, {}).get("S") for name in ("older_listener", "newest_listener"))
    return tuple(name for name in names if name)


def _count(values: Mapping[str, AttributeValueTypeDef], name: str) -> int:
    return int(values[name]["N"]) if name in values else 0
