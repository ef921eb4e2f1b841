"""What a person reads when a turn fails: a sentence for each kind of failure."""

import re
from dataclasses import dataclass

import httpx2
import openai
from agents.exceptions import (
    MaxTurnsExceeded,
    ModelBehaviorError,
    ModelRefusalError,
    ModelTimeoutError,
)
from chatkit.errors import BaseStreamError, CustomStreamError
from chatkit.types import ErrorEvent

from chat_api.model.aws_refusal import aws_error_type, is_signed, refusal_reason
from chat_api.model.model_config import UnlistedModel
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.overflow import is_overflow
from chatcore.errors import ApiError, Unavailable

# For a turn in which only the tools produced something visible.
NO_WORDS = "The assistant used its tools, but gave no answer in words."
GENERIC = "Something went wrong while answering. Please try again."
CUT_OFF = "The answer took too long and was cut off. What was written is kept."


@dataclass(frozen=True)
class Explanation:
    """A sentence, and whether sending the same message again may succeed."""

    sentence: str
    allow_retry: bool

    def error(self) -> CustomStreamError:
        return CustomStreamError(self.sentence, allow_retry=self.allow_retry)


BUSY = Explanation("The assistant is busy right now. Please try again in a few minutes.", True)
SILENT = Explanation("The assistant did not answer in time. Please try again.", True)
UNREACHABLE = Explanation("The assistant cannot be reached right now. Please try again.", True)
BROKE_OFF = Explanation("The assistant broke off its answer. Please try again.", True)
NO_KEY = Explanation("The assistant is not set up correctly: its key was refused.", False)
NO_CREDENTIALS = Explanation(
    "The assistant is not set up correctly: its credentials are missing or were refused.", False
)
EXPIRED = Explanation("The assistant's credentials have expired. Please try again.", True)
NO_ACCESS = Explanation(
    "The assistant is not set up correctly: it has no access to its model.", False
)
NO_MODEL = Explanation("The assistant is not set up correctly: its model was not found.", False)
USED_UP = Explanation("The assistant has used up its quota. Its operator must raise it.", False)
TOO_LONG = Explanation("This conversation is too long to go on. Please start a new one.", False)
REFUSED = Explanation(
    "The assistant is not allowed to answer this message. Please rephrase it.", False
)
EMPTY = Explanation("The assistant gave no answer. Please try again.", True)
LONG_ANSWER = Explanation(
    "The answer became too long and was broken off. Please ask for less.", False
)
TOO_MANY_STEPS = Explanation("This took too many steps. Please ask for less at a time.", False)
NOT_TAKEN = Explanation("The assistant could not take this message.", False)
NOT_ASKED = Explanation("The assistant's question could not be stored. Please try again.", True)
FILES_REFUSED = Explanation(
    "The assistant's model could not read the attached files. They are left out from now on; you"
    " can continue without them.",
    False,
)
OUTDATED = Explanation(
    "The assistant has changed since it asked this, and cannot continue from here. Your answer is"
    " kept, but nothing more was done. Please write what you would like next.",
    False,
)


class FilesRefused(Exception):
    """The model's endpoint refused a request that contained attached files."""


class EmptyAnswer(Exception):
    """The model ended an empty answer."""


# `code` in the body of an error, or of an answer that failed after it had begun; see
# https://platform.openai.com/docs/guides/error-codes and `openai.types.responses.ResponseError`.
CODES = {
    "rate_limit_exceeded": BUSY,
    "insufficient_quota": USED_UP,
    "billing_hard_limit_reached": USED_UP,
    "invalid_api_key": NO_KEY,
    "model_not_found": NO_MODEL,
    "context_length_exceeded": TOO_LONG,
    "content_filter": REFUSED,
    "content_policy_violation": REFUSED,
    "invalid_prompt": REFUSED,
    "image_content_policy_violation": REFUSED,
    "misalignment_policy_violation": REFUSED,
    "bio_policy": REFUSED,
    "cyber_policy": REFUSED,
    "max_output_tokens": LONG_ANSWER,
    "server_error": UNREACHABLE,
    "server_is_overloaded": BUSY,
    "slow_down": BUSY,
    # Gateways send an HTTP status as the code when a model fails within a stream.
    "401": NO_KEY,
    "402": USED_UP,
    "403": NO_KEY,
    "404": NO_MODEL,
    "413": TOO_LONG,
    "429": BUSY,
    "500": UNREACHABLE,
    "502": UNREACHABLE,
    "503": BUSY,
    "504": UNREACHABLE,
    "529": BUSY,
}
# The kinds of AWS's errors, in a header instead of the body; see
# https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
AWS_TYPES = {
    "AccessDeniedException": NO_ACCESS,
    "ExpiredTokenException": EXPIRED,
    "IncompleteSignatureException": NO_CREDENTIALS,
    "InvalidSignatureException": NO_CREDENTIALS,
    "MissingAuthenticationTokenException": NO_CREDENTIALS,
    "UnrecognizedClientException": NO_CREDENTIALS,
    "OptInRequired": NO_ACCESS,
    "ServiceQuotaExceededException": USED_UP,
    "ThrottlingException": BUSY,
    "ModelNotReadyException": BUSY,
    "ModelErrorException": UNREACHABLE,
    "ModelStreamErrorException": UNREACHABLE,
}
# A signed request has no key that could be refused.
SIGNED = {401: NO_CREDENTIALS, 403: NO_ACCESS}
# Statuses that are more specific than their class. Anthropic sends 529 when overloaded.
STATUSES = {402: USED_UP, 408: UNREACHABLE, 429: BUSY, 503: BUSY, 529: BUSY}
# Used when no code is more specific. The first class that matches decides.
KINDS: list[tuple[type[Exception], Explanation]] = [
    (openai.RateLimitError, BUSY),
    (openai.AuthenticationError, NO_KEY),
    (openai.PermissionDeniedError, NO_KEY),
    (openai.NotFoundError, NO_MODEL),
    (openai.InternalServerError, UNREACHABLE),
    (openai.ConflictError, UNREACHABLE),
    (openai.APIStatusError, NOT_TAKEN),
    (openai.APITimeoutError, SILENT),
    (openai.APIError, UNREACHABLE),
    # The openai library could not sign the request.
    (openai.OpenAIError, NO_CREDENTIALS),
    (ModelTimeoutError, SILENT),
    (ModelRefusalError, REFUSED),
    (ModelBehaviorError, BROKE_OFF),
    (MaxTurnsExceeded, TOO_MANY_STEPS),
    (UnlistedModel, NO_MODEL),
    (EmptyAnswer, EMPTY),
    (FilesRefused, FILES_REFUSED),
]
# Whatever the request contains.
OUTAGES = (
    BUSY,
    SILENT,
    UNREACHABLE,
    NO_KEY,
    NO_CREDENTIALS,
    EXPIRED,
    NO_ACCESS,
    NO_MODEL,
    USED_UP,
)
# How the Agents SDK words the end of an answer: "error=ResponseError(code='…'",
# "incomplete_details=IncompleteDetails(reason='…'", "code=…".
_CODE = re.compile(r"\b(?:code|reason)='?(\w+)")


def stream_error(error: Exception) -> BaseStreamError:
    """Return the error that the SDK sends to the person."""
    if isinstance(error, BaseStreamError):
        return error
    if isinstance(error, ApiError):
        return CustomStreamError(error.message, allow_retry=isinstance(error, Unavailable))
    return (_overflow(error) or _explanation(error)).error()


def is_passing(error: Exception) -> bool:
    """Return whether a repeat may succeed in a moment. A silent model is not asked again."""
    return _explanation(error) in (BUSY, UNREACHABLE)


def is_refusal(error: Exception) -> bool:
    """Return whether a model may not answer the message. No other model should then."""
    return _explanation(error) is REFUSED


def is_not_taken(error: Exception) -> bool:
    """Return whether the endpoint refused what the request contains, whatever the reason."""
    return not _overflow(error) and _explanation(error) is NOT_TAKEN


def is_too_long(error: Exception) -> bool:
    """Return whether the request was longer than the model can read."""
    return (_overflow(error) or _explanation(error)) is TOO_LONG


def is_outage(error: Exception) -> bool:
    """Return whether other requests to the same model would fail in the same way."""
    return not _overflow(error) and _explanation(error) in OUTAGES


def error_event(message: str) -> ErrorEvent:
    return ErrorEvent(code="custom", message=message, allow_retry=True)


def _explanation(error: Exception) -> Explanation:
    status = _status(error) or 0
    return (
        CODES.get(_code(error) or "")
        or _of_aws(error, status)
        or STATUSES.get(status)
        or _kind(error)
    )


def _of_aws(error: Exception, status: int) -> Explanation | None:
    if not isinstance(error, openai.APIStatusError):
        return None
    if refusal_reason(error) == "unknown_model":
        return NO_MODEL
    known = AWS_TYPES.get(aws_error_type(error.response))
    return known or (SIGNED.get(status) if is_signed(error) else None)


def _status(error: Exception) -> int | None:
    """Return the HTTP status, or the code that stands for it in an error within a stream."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code
    if isinstance(error, openai.APIError) and error.code and error.code.isdecimal():
        return int(error.code)
    return None


def _code(error: Exception) -> str | None:
    if isinstance(error, openai.APIError | IncompleteAnswer):
        return error.code
    if isinstance(error, ModelBehaviorError):
        found = _CODE.search(error.message)
        return found[1] if found else None
    return None


def _overflow(error: Exception) -> Explanation | None:
    return TOO_LONG if isinstance(error, openai.APIError) and is_overflow(error) else None


def _kind(error: Exception) -> Explanation:
    if isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return UNREACHABLE
    return next(
        (each for kind, each in KINDS if isinstance(error, kind)), Explanation(GENERIC, True)
    )
