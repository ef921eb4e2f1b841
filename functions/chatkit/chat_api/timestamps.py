"""Times as clients are to read them."""

import re
from datetime import datetime

# Inside a JSON string every quote is escaped, so this matches keys only, never a user's words.
_NAIVE = re.compile(rb'"created_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)"')


def in_utc(json: bytes) -> bytes:
    """Give times of creation without a zone (the SDK's own are naive local times) their zone.

    A browser takes a time without a zone for its own local one.
    """
    return _NAIVE.sub(_with_zone, json)


def _with_zone(match: re.Match[bytes]) -> bytes:
    local = datetime.fromisoformat(match[1].decode()).astimezone()
    return b'"created_at":"' + local.isoformat().encode() + b'"'
