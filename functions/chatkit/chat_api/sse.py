"""Formats thread events as server-sent events."""

import re
from datetime import UTC, datetime

from chatkit.types import ThreadStreamEvent


def sse(event: ThreadStreamEvent) -> bytes:
    """Return one server-sent event, formatted as the SDK formats its own."""
    json = event.model_dump_json(
        by_alias=True, exclude_none=True, context={"exclude_metadata": True}
    )
    return b"data: " + in_utc(json.encode()) + b"\n\n"


# Quotes inside JSON strings are escaped, so this matches keys only, never a user's text.
_TIME = re.compile(
    rb'"created_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:\d\d)?)"'
)


def in_utc(json: bytes) -> bytes:
    """Return the JSON with every `created_at` in UTC, as `2026-11-21T09:00:00Z`.

    The SDK writes naive local times, which a browser would read in its own time zone.
    """
    # Most events are pieces of a text and have no time.
    return _TIME.sub(_with_z, json) if b'"created_at"' in json else json


def _with_z(match: re.Match[bytes]) -> bytes:
    time = datetime.fromisoformat(match[1].decode()).astimezone(UTC)
    return b'"created_at":"' + time.replace(tzinfo=None).isoformat().encode() + b'Z"'
