"""Events of a thread as they go over the wire."""

import re
from datetime import UTC, datetime

from chatkit.types import ThreadStreamEvent


def sse(event: ThreadStreamEvent) -> bytes:
    """One server-sent event, in the form in which the SDK writes its own."""
    json = event.model_dump_json(
        by_alias=True, exclude_none=True, context={"exclude_metadata": True}
    )
    return b"data: " + in_utc(json.encode()) + b"\n\n"


# Inside a JSON string every quote is escaped, so this matches keys only, never a user's words.
_TIME = re.compile(
    rb'"created_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:\d\d)?)"'
)


def in_utc(json: bytes) -> bytes:
    """Return the JSON with every time of creation in UTC, as `2026-11-21T09:00:00Z`.

    The SDK's own times are naive local ones, and a browser would take such a time for its own
    local one.
    """
    return _TIME.sub(_with_z, json)


def _with_z(match: re.Match[bytes]) -> bytes:
    time = datetime.fromisoformat(match[1].decode()).astimezone(UTC)
    return b'"created_at":"' + time.replace(tzinfo=None).isoformat().encode() + b'Z"'
