"""The layer's settings, read from environment variables."""

from collections.abc import Mapping

LEFTOVER_VARIABLE = "LAMBDA_STREAM_LEFTOVER_SECONDS"
LEFTOVER_SECONDS = 10.0
# Lambda's longest timeout.
MAX_SECONDS = 900.0


class SettingError(Exception):
    """A variable has an invalid value."""


def leftover_seconds(environ: Mapping[str, str]) -> float:
    """Return how many seconds the tasks that a request leaves behind may live, 10 by default.

    0 cancels them immediately. Raise SettingError for an invalid value.
    """
    text = environ.get(LEFTOVER_VARIABLE) or LEFTOVER_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_SECONDS:
        raise SettingError(
            f"{LEFTOVER_VARIABLE} must be a number of seconds, 0 to {MAX_SECONDS:.0f}"
        )
    return seconds
