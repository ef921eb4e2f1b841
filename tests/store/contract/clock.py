"""A clock that a test sets."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Seconds since 1970, advanced by the test."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def milliseconds(self) -> int:
        return round(self.now * 1000)

    def date(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    def advance(self, **time: float) -> None:
        """Advance by a timedelta with these arguments, such as `days` or `seconds`."""
        self.now += timedelta(**time).total_seconds()
