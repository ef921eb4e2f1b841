"""The settings of the layer, read from the function's environment variables."""

from collections.abc import Mapping

LEFTOVER_SECONDS = "LAMBDA_STREAM_LEFTOVER_SECONDS"
# More than Lambda's longest timeout means the same as that.
LARGEST = 900.0


class SettingError(Exception):
    """A variable holds what its setting cannot be."""


def leftover_seconds(environ: Mapping[str, str]) -> float:
    """Return how long tasks may live that a request left behind, 10 s by default.

    0 cancels them at once. Raises SettingError.
    """
    text = environ.get(LEFTOVER_SECONDS) or "10"
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LARGEST:
        raise SettingError(f"{LEFTOVER_SECONDS} must be a number of seconds, 0 to {LARGEST:.0f}")
    return seconds
