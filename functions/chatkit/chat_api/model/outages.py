"""Which models failed a moment ago."""

import time
from collections.abc import Callable

import openai

# Long enough for the steps of a turn, short enough that a model which works again is soon asked.
OUTAGE_SECONDS = 60.0
# Refusals of what one request contains. Other requests to the model may succeed.
_OF_ONE_REQUEST = (400, 409, 413, 422)


class Outages:
    """Remembers failed models for a minute, so that no other request waits for them again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def note(self, model: str, error: Exception) -> None:
        """Note that a model failed, unless the error is about the one request."""
        status = error.status_code if isinstance(error, openai.APIStatusError) else None
        if status not in _OF_ONE_REQUEST:
            self._until[model] = self._clock() + OUTAGE_SECONDS

    def has(self, model: str) -> bool:
        return self._clock() < self._until.get(model, float("-inf"))
