"""The due date at the end of a title: "buy milk by Friday", "call Mom tomorrow"."""

import re
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DUE = re.compile(
    r"(?P<title>.+?),?(?: due)?(?: (?:by|on))? "
    rf"(?P<day>\d{{4}}-\d{{2}}-\d{{2}}|today|tomorrow|{'|'.join(_WEEKDAYS)})",
    re.IGNORECASE,
)


def split_due(text: str, today: date) -> tuple[str, date | None]:
    """Return the title and its due date; a weekday is the next one after `today`."""
    match = _DUE.fullmatch(text)
    day = _day(match["day"].lower(), today) if match else None
    return (match["title"], day) if match and day else (text, None)


def _day(word: str, today: date) -> date | None:
    weekdays = {day: (n - today.weekday() - 1) % 7 + 1 for n, day in enumerate(_WEEKDAYS)}
    days = {"today": 0, "tomorrow": 1, **weekdays}
    try:
        return today + timedelta(days[word]) if word in days else date.fromisoformat(word)
    except ValueError:
        return None
