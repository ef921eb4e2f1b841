"""How long a model is waited for, and how often it is asked again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

# Long enough for a reasoning model or a cold endpoint to begin, short enough for a person to wait.
# It is the read timeout too: the same silence is allowed before an answer and within it.
SILENCE_SECONDS = 120.0
# As many as the client of OpenAI makes by default.
RETRIES = 2
FIRST_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class RetryPolicy:
    """The bounds of one model request, in seconds.

    `wait` covers everything until the model shows that it is at work: connecting, silence,
    retries and the pauses before them.
    """

    wait: float = SILENCE_SECONDS
    retries: int = RETRIES
    first_pause: float = FIRST_PAUSE_SECONDS
    random: Callable[[], float] = random.random

    def pause(self, attempt: int) -> float:
        """Return the pause after the attempt, counted from 1: doubled each time, with jitter."""
        longest = self.first_pause * 2.0 ** (attempt - 1)
        return longest * (0.5 + self.random() / 2)
