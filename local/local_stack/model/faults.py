"""Faults of a model on request: "Fail with rate_limit_exceeded"."""

import re
from dataclasses import dataclass

from local_stack.model.conversation import Call, Conversation, Reply
from local_stack.model.errors import INVALID_REQUEST, ApiError


@dataclass(frozen=True)
class Refusal:
    """What OpenAI sends with one of its error codes."""

    status: int
    message: str
    type: str = INVALID_REQUEST


REFUSALS = {
    "rate_limit_exceeded": Refusal(429, "Rate limit reached for requests.", "requests"),
    "insufficient_quota": Refusal(429, "You exceeded your current quota.", "insufficient_quota"),
    "invalid_api_key": Refusal(401, "Incorrect API key provided."),
    "model_not_found": Refusal(404, "The model does not exist."),
    "context_length_exceeded": Refusal(400, "Your input exceeds the context window of this model."),
    "content_policy_violation": Refusal(400, "Your request was rejected by the safety system."),
    "server_error": Refusal(
        500, "The server had an error while processing your request.", "server_error"
    ),
}
# An answer whose connection breaks in the middle, and calls that never end.
BROKEN_OFF, ENDLESS = "a broken answer", "endless calls"
_WISH = re.compile(
    rf"(?:please )?fail with (?P<fault>{'|'.join([*REFUSALS, BROKEN_OFF, ENDLESS])})\W*",
    re.IGNORECASE,
)


def failing(conversation: Conversation) -> Reply | None:
    """Return the failing reply that the user asks for, or None. Raise ApiError for a refusal."""
    requests = conversation.requests
    match _wished(requests[-1]) if requests else None:
        case None:
            return None
        case fault if fault == BROKEN_OFF:
            return Reply(text="This answer ends in the mid", whole=False)
        case fault if fault == ENDLESS:
            return Reply(calls=tuple(Call(tool.name, {}) for tool in conversation.tools[:1]))
        case code:
            raise _refusal(code)


def refuse_if_wished(text: str) -> None:
    """Raise the ApiError that the user asks for, if the text asks for a refusal."""
    code = _wished(text)
    if code in REFUSALS:
        raise _refusal(code)


def _wished(text: str) -> str | None:
    wish = _WISH.fullmatch(text.strip())
    return wish["fault"].lower() if wish else None


def _refusal(code: str) -> ApiError:
    refusal = REFUSALS[code]
    return ApiError(refusal.message, status=refusal.status, type=refusal.type, code=code)
