"""The settings of a model request: the Agents SDK's for its model, ours, and the team's own."""

from collections.abc import Callable, Container
from dataclasses import replace

from agents import ModelSettings
from agents.models.default_models import get_default_model_settings
from openai.types.shared import Reasoning

from chat_api.model.model_config import ModelConfig, Parameter
from chat_api.model.model_names import is_known_to_reason, may_reason

# Nothing is stored at the endpoint, and the endpoint reports the usage.
_OURS = ModelSettings(store=False, include_usage=True)
# An endpoint that keeps nothing (`store=False`) takes reasoning back only with its content.
ENCRYPTED_REASONING = ModelSettings(response_include=["reasoning.encrypted_content"])
_ONE_CALL_AT_A_TIME = ModelSettings(parallel_tool_calls=False)
_LEFT_OUT: dict[Parameter, Callable[[ModelSettings], ModelSettings]] = {
    "store": lambda settings: replace(settings, store=None),
    "stream_options": lambda settings: replace(settings, include_usage=None),
    "parallel_tool_calls": lambda settings: replace(settings, parallel_tool_calls=None),
    "include": lambda settings: replace(settings, response_include=None),
    "reasoning": lambda settings: replace(settings, reasoning=None),
}


def request_settings(config: ModelConfig, own: ModelSettings, *, over_chat: bool) -> ModelSettings:
    """Return the settings of a request to a model. The `own` ones of its agent take precedence.

    The Agents SDK gives an agent without settings those of its default model. These are ignored,
    because the model that answers may refuse them. Whatever the model cannot do or its endpoint
    refuses is left out.
    """
    # A run adds these two to the settings of every agent.
    if replace(own, retry=None, extra_args=None) == get_default_model_settings():
        own = ModelSettings(retry=own.retry, extra_args=own.extra_args)
    settings = get_default_model_settings(config.wire_name).resolve(_OURS)
    if not config.parallel_tool_calls:
        settings = settings.resolve(_ONE_CALL_AT_A_TIME)
    reasons = may_reason(config.wire_name) if config.reasoning is None else config.reasoning
    if reasons and not over_chat:
        settings = settings.resolve(ENCRYPTED_REASONING)
    settings = settings.resolve(own)
    if not reasons:
        settings = replace(settings, reasoning=None)
    elif not over_chat and (config.reasoning or is_known_to_reason(config.wire_name)):
        settings = _with_summaries(settings)
    for parameter in config.omit:
        settings = _LEFT_OUT[parameter](settings)
    return settings


def with_offered_choice(settings: ModelSettings, tool_names: Container[str]) -> ModelSettings:
    """Return the settings without the choice of a tool that the request does not offer.

    The tools of a server that cannot be reached are not offered. Endpoints refuse a choice of a
    tool that the request does not have.
    """
    choice = settings.tool_choice
    if isinstance(choice, str) and choice not in ("auto", "required", "none"):
        return settings if choice in tool_names else replace(settings, tool_choice=None)
    return settings


def without_cache_key(settings: ModelSettings) -> ModelSettings:
    """Return the settings without the key of the prompt cache that the Agents SDK adds."""
    extra = {k: v for k, v in (settings.extra_args or {}).items() if k != "prompt_cache_key"}
    return replace(settings, extra_args=extra or None)


def _with_summaries(settings: ModelSettings) -> ModelSettings:
    """Ask for summaries of the reasoning, which the chat shows as thoughts."""
    reasoning = settings.reasoning or Reasoning()
    if reasoning.effort == "none" or reasoning.summary or reasoning.generate_summary:
        return settings
    return replace(settings, reasoning=reasoning.model_copy(update={"summary": "auto"}))
