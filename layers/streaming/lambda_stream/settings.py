"""The layer's settings, read from environment variables."""

from collections.abc import Mapping

LEFTOVER_SECONDS = "LAMBDA_STREAM_LEFTOVER_SECONDS"
# Lambda's longest timeout.
MAX_SECONDS = 900.0


class SettingError(Exception):
    """A variable has an invalid value."""


def leftover_seconds(environ: Mapping[str, str]) -> float:
    """Return how many seconds the tasks that a request leaves behind may live, 10 by default.

    0 cancels them immediately. Raise SettingError for an invalid value.
    """
    text = environ.get(LEFTOVER_SECONDS) or "10"
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_SECONDS:
        raise SettingError(
            f"{LEFTOVER_SECONDS} must be a number of seconds, 0 to {MAX_SECONDS:.0f}"
        )
    return seconds
