"""The gate row: what one user has open and has used, in one row of the Sessions table.

    pk                user#{user}
    sk                gate
    sessions          {session id: {"expires": s, "m{minute}": messages in that minute}}
    turns             {thread id: {"id": turn id, "lease": s, "fingerprint": of its request}}, one
                      for each running answer; with "first" when its request began the thread,
                      with "cancelled" when it is to stop, and "deleted" when its thread is gone
                      and the turn has to delete what it wrote there; "counted" are its tokens that
                      d{day} has so far; "newest_listener" and "older_listener" name who else is
                      sent the answer
    first#{…}         there as long as a turn whose first request has that fingerprint
    m{minute}         messages in that minute since 1970
    r{minute}         other requests in that minute
    d{day}            tokens used on that day since 1970, in UTC
    expires_at        s since 1970, for DynamoDB's TTL

Nothing is a bare counter: a counter's name says its minute or day, and a turn whose container died
ends with its lease.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chatcore.gate.limits import DAY, MINUTE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Values = dict[str, AttributeValueTypeDef]

# The row outlives the day that it counts, in every time zone of a clock.
KEPT_SECONDS = 2 * DAY


def row_key(user: str) -> Values:
    return {"pk": {"S": f"user#{quote(user, safe='')}"}, "sk": {"S": "gate"}}


def number(value: float) -> AttributeValueTypeDef:
    return {"N": str(int(value))}


def kept_until(now: float) -> AttributeValueTypeDef:
    return number(now + KEPT_SECONDS)


def minute_name(now: float) -> str:
    return f"m{int(now // MINUTE)}"


def request_name(now: float) -> str:
    return f"r{int(now // MINUTE)}"


def day_name(now: float) -> str:
    return f"d{int(now // DAY)}"


def first_name(fingerprint: str) -> str:
    return f"first#{fingerprint}"


@dataclass(frozen=True)
class GateTurn:
    """A turn's entry; `lease` in seconds since 1970.

    The fingerprint is that of the request that it answers; `first` if that began the thread.
    `listeners` are the requests that joined the turn and have not been displaced, at most two, and
    `counted` the tokens that the day's counter has of it. `deleted` means that its thread was
    deleted while it ran.
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
    """A gate row as DynamoDB gave it; an absent one is empty."""

    def __init__(self, item: dict[str, Any] | None) -> None:
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
        """Turns of deleted threads that crashed before they could delete what they wrote."""
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
        """Requests of this minute that opened no turn."""
        return _count(self._item, request_name(now))

    def tokens_today(self, now: float) -> int:
        return _count(self._item, day_name(now))

    def past_counters(self, now: float) -> list[str]:
        """Counters that no condition asks for any more, also by a clock that is a minute off."""
        lengths = {"m": MINUTE, "r": MINUTE, "d": DAY}
        return [
            name for name in self.counters if (int(name[1:]) + 1) * lengths[name[0]] < now - MINUTE
        ]

    @property
    def counters(self) -> list[str]:
        return [name for name in self._item if name[1:].isdigit()]

    @property
    def sessions(self) -> dict[str, Any]:
        sessions: dict[str, Any] = self._item.get("sessions", {}).get("M", {})
        return sessions


def _listeners(entry: dict[str, Any]) -> tuple[str, ...]:
    named = (entry.get(name, {}).get("S") for name in ("older_listener", "newest_listener"))
    return tuple(name for name in named if name)


def _count(values: dict[str, Any], name: str) -> int:
    return int(values[name]["N"]) if name in values else 0
