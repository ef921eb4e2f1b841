"""How long to wait for a model, and how often to ask it again."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

# Long enough for a reasoning model or a cold endpoint to begin, short enough for a person to wait.
# It is also the read timeout, so the same silence is allowed before an answer and within it.
SILENCE_SECONDS = 120.0
# As many as OpenAI's client makes by default.
RETRIES = 2
FIRST_PAUSE_SECONDS = 0.5
# After a longer pause, another model would already have answered.
LONGEST_PAUSE_BEFORE_FALLBACK = 5.0


@dataclass(frozen=True)
class RetryPolicy:
    """The bounds of one model request, in seconds.

    `wait` covers everything until the model begins to answer: connecting, silence, retries and the
    pauses before them. An endpoint that asks for a pause longer than `longest_pause` is not asked
    again.
    """

    wait: float = SILENCE_SECONDS
    retries: int = RETRIES
    first_pause: float = FIRST_PAUSE_SECONDS
    longest_pause: float = math.inf
    random: Callable[[], float] = random.random

    def pause(self, attempt: int) -> float:
        """Return the pause after an attempt, counted from 1. It doubles each time, with jitter."""
        longest = self.first_pause * 2.0 ** (attempt - 1)
        return longest * (0.5 + self.random() / 2)
