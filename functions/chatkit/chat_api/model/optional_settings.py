"""The settings that a request can do without, because some endpoints refuse one of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import openai
from agents import ModelSettings
from openai.types.shared import Reasoning

from chat_api.model.model_request import ModelRequest
from chatcore.logs import logger


@dataclass(frozen=True)
class _Setting:
    """A setting, how its refusal reads, and the settings without it."""

    name: str
    refusal: re.Pattern[str]
    is_set: Callable[[ModelSettings], bool]
    left_out: Callable[[ModelSettings], ModelSettings]
    over_chat: bool = False


def _has_summary(settings: ModelSettings) -> bool:
    reasoning = settings.reasoning
    return reasoning is not None and bool(reasoning.summary or reasoning.generate_summary)


def _without_summary(settings: ModelSettings) -> ModelSettings:
    assert settings.reasoning is not None
    left_out = {"summary", "generate_summary"}
    kept = settings.reasoning.model_dump(exclude_unset=True, exclude=left_out)
    return replace(settings, reasoning=Reasoning(**kept) if kept else None)


_SETTINGS = (
    # "Encrypted content is not supported with this model", or a name of the parameter.
    _Setting(
        "include",
        re.compile(r"encrypted|\binclude\b", re.IGNORECASE),
        lambda settings: bool(settings.response_include),
        lambda settings: replace(settings, response_include=None),
    ),
    # "Your organization must be verified to generate reasoning summaries", or a server that does
    # not know the parameter `reasoning`.
    _Setting(
        "reasoning.summary",
        re.compile(
            r"summar|(un(known|supported|recognized|expected)|extra)\b.*\breasoning\b(?!\.effort)"
            r"|\breasoning\b(?!\.effort).*(not (permitted|supported|allowed)|unexpected|extra)",
            re.IGNORECASE | re.DOTALL,
        ),
        _has_summary,
        _without_summary,
    ),
    # "Thinking mode does not support this tool_choice"
    _Setting(
        "tool_choice",
        re.compile(r"\btool[_ ]?choice\b", re.IGNORECASE),
        lambda settings: settings.tool_choice is not None,
        lambda settings: replace(settings, tool_choice=None),
        over_chat=True,
    ),
)


class OptionalSettings:
    """Sends a request's optional settings until its endpoint refuses one, then goes without it.

    Older servers do not know them, a deployment's own name does not say which model is behind it,
    and OpenAI demands a verified organization for one. `refused` holds pairs of model and setting,
    for the whole process. `supported` is False for Chat Completions, which has only those that are
    marked `over_chat`.
    """

    def __init__(self, model: str, refused: set[tuple[str, str]], *, supported: bool) -> None:
        self._model = model
        self._refused = refused
        self._suspected: set[tuple[str, str]] = set()
        self._supported = supported

    def allowed(self, settings: ModelSettings) -> ModelSettings:
        """Return the settings without those that the endpoint does not take."""
        for each in _SETTINGS:
            known = self._refused | self._suspected
            possible = self._supported or each.over_chat
            taken = possible and (self._model, each.name) not in known
            if not taken and each.is_set(settings):
                settings = each.left_out(settings)
        return settings

    def learn(self, request: ModelRequest, error: openai.APIStatusError) -> bool:
        """Leave out the setting that was refused. Return False if none of them was.

        A refusal's sentence may quote the user, so it proves nothing by itself: see `confirm`.
        """
        if error.status_code not in (400, 422):
            return False
        text = f"{error.param} {error}"
        for each in _SETTINGS:
            if each.is_set(request.model_settings) and each.refusal.search(text):
                self._suspected.add((self._model, each.name))
                return True
        return False

    def confirm(self) -> None:
        """Remember what was left out, because the endpoint took the request without it."""
        for model, setting in self._suspected - self._refused:
            logger.warning("setting_refused", model=model, setting=setting)
        self._refused |= self._suspected
