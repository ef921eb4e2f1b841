"""Whether a model's `reasoning_content` goes back to it, as its endpoint demands or refuses."""

import re

import openai

from chat_api.model.model_config import ModelConfig
from chat_api.model.model_request import ModelRequest
from chatcore.logs import logger

# DeepSeek, Moonshot's Kimi and Xiaomi's MiMo refuse a call of theirs without it, in every turn:
# api-docs.deepseek.com/guides/thinking_mode#tool-calls, platform.xiaomimimo.com/docs
_DEMANDING = re.compile(r"deepseek|kimi|moonshot|\bmimo\b", re.IGNORECASE)
_NAMED = re.compile(r"\breasoning(_content)?\b", re.IGNORECASE)
# "'messages.2': property 'reasoning_content' is unsupported", "Extra inputs are not permitted"
_UNWANTED = re.compile(
    r"\bun(supported|known|expected|recogni[sz]ed)\b|\b(can|must |is |are |does )not\b|\bextra\b"
    r"|\bremove\b",
    re.IGNORECASE,
)
# "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
# "The `reasoning_content` in the thinking mode must be passed back to the API."
_MISSING = re.compile(r"\bmissing\b|\bmust\b|\brequired?\b", re.IGNORECASE)


class ReasoningReplay:
    """Decides which of a model's readable reasoning goes back to it.

    What its endpoint refused counts more than its configuration and its name. `learned` holds that
    for each model, for the whole process. An instance serves one request and learns only once, so
    that an endpoint that refuses both ways is not asked forever.
    """

    def __init__(self, config: ModelConfig, learned: dict[str, bool]) -> None:
        self._config = config
        self._learned = learned
        self._suspected: bool | None = None

    @property
    def decision(self) -> bool | None:
        """The value of `InputFormat.replay` for the model."""
        config = self._config
        if self._suspected is not None:
            return self._suspected
        if config.name in self._learned:
            return self._learned[config.name]
        if config.replay_reasoning is not None:
            return config.replay_reasoning
        return True if _DEMANDING.search(config.wire_name) else None

    def learn(self, request: ModelRequest, error: openai.APIStatusError) -> bool:
        """Change what goes back, if an endpoint refused the reasoning in a request or its absence.

        Return False if the error is about something else. Its sentence may quote the user, so it
        proves nothing by itself: see `confirm`.
        """
        text = f"{error.param} {error}"
        if (
            self._suspected is not None
            or error.status_code not in (400, 422)
            or not _NAMED.search(text)
        ):
            return False
        is_missing = not _UNWANTED.search(text)
        is_refusal = _MISSING.search(text) if is_missing else _has_reasoning(request)
        if not is_refusal:
            return False
        self._suspected = is_missing
        return True

    def confirm(self) -> None:
        """Remember what was changed, because the endpoint then took the request."""
        name, replay = self._config.name, self._suspected
        if replay is not None and self._learned.get(name) != replay:
            self._learned[name] = replay
            logger.warning("reasoning_replay_learned", model=name, replay=replay)


def _has_reasoning(request: ModelRequest) -> bool:
    given = request.input
    return not isinstance(given, str) and any(each.get("type") == "reasoning" for each in given)
