"""What a person is told when a turn fails: a sentence for each kind of failure."""

import openai
from agents.exceptions import MaxTurnsExceeded, ModelBehaviorError
from chatkit.errors import BaseStreamError, CustomStreamError
from chatkit.types import ErrorEvent

from chatcore.errors import ApiError

GENERIC = "Something went wrong while answering. Please try again."
CUT_OFF = "The answer took too long and was cut off. What was written is kept."
# The first kind that fits decides.
SENTENCES: list[tuple[type[Exception], str]] = [
    (openai.RateLimitError, "The assistant is busy right now. Please try again in a minute."),
    (openai.AuthenticationError, "The assistant is not set up correctly: its key was refused."),
    (openai.PermissionDeniedError, "The assistant is not set up correctly: its key was refused."),
    (openai.InternalServerError, "The assistant cannot be reached right now. Please try again."),
    (openai.APIStatusError, "The assistant could not take this message. Please try again."),
    (openai.APIError, "The assistant cannot be reached right now. Please try again."),
    (ModelBehaviorError, "The assistant broke off its answer. Please try again."),
    (MaxTurnsExceeded, "This took too many steps. Please ask for less at a time."),
]


def told(error: Exception) -> BaseStreamError:
    """The error as the SDK passes it on to the person."""
    if isinstance(error, BaseStreamError):
        return error
    if isinstance(error, ApiError):
        return CustomStreamError(error.message)
    sentence = next((text for kind, text in SENTENCES if isinstance(error, kind)), GENERIC)
    return CustomStreamError(sentence, allow_retry=True)


def error_event(message: str) -> ErrorEvent:
    return ErrorEvent(code="custom", message=message, allow_retry=True)
