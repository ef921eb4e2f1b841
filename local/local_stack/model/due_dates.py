"""The due date at the end of a title: "buy milk by 2026-12-01", "call mum tomorrow"."""

import re
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DUE = re.compile(
    r"(?P<title>.+?),?\s+(?:(?:due|by|on|for|until|before)\s+)*"
    rf"(?P<day>\d{{4}}-\d{{2}}-\d{{2}}|today|tomorrow|{'|'.join(_DAYS)})",
    re.IGNORECASE | re.DOTALL,
)


def split_due(text: str, today: date) -> tuple[str, date | None]:
    """The title and its due date; a weekday is the next one after `today`."""
    match = _DUE.fullmatch(text)
    day = _day(match["day"].lower(), today) if match else None
    return (match["title"], day) if match and day else (text, None)


def _day(word: str, today: date) -> date | None:
    if word in _DAYS:
        return today + timedelta(days=(_DAYS.index(word) - today.weekday() - 1) % 7 + 1)
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None
