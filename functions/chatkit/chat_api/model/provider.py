"""The models of a run, and the settings they are asked with."""

from random import Random, SystemRandom

from agents import ModelProvider, ModelSettings, OpenAIProvider, RunConfig
from agents.models.default_models import get_default_model, get_default_model_settings
from agents.models.interface import Model
from agents.models.openai_responses import OpenAIResponsesModel
from openai import AsyncOpenAI

from chat_api.model.budget import HISTORY_TOKENS, turn_bytes
from chat_api.model.checked import CheckedModel
from chat_api.model.ids import ModelIds
from chat_api.model.reasoning import ASKED, ReasoningModel, reasons
from chat_api.model.sdk_internals import ChatCompletionsModel


class CheckedProvider(ModelProvider):
    """Provide the models of another provider, each as a `CheckedModel`."""

    def __init__(
        self, provider: ModelProvider, ids: ModelIds, *, turn_bytes: int = turn_bytes()
    ) -> None:
        self._provider = provider
        self._ids = ids
        self._turn_bytes = turn_bytes
        self._without_reasoning: set[str] = set()

    def get_model(self, model_name: str | None) -> Model:
        model = self._provider.get_model(model_name)
        if isinstance(model, OpenAIResponsesModel):
            model = ReasoningModel(model, model_name or "", self._without_reasoning)
        return CheckedModel(model, self._ids, turn_bytes=self._turn_bytes)

    async def aclose(self) -> None:
        await self._provider.aclose()


class ChatCompletionsProvider(ModelProvider):
    """Provide the models of an endpoint that speaks Chat Completions."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    def get_model(self, model_name: str | None) -> Model:
        return ChatCompletionsModel(model_name or get_default_model(), self._client)


def create_provider(client: AsyncOpenAI, *, use_responses: bool) -> ModelProvider:
    """Return the models of this client's endpoint, reached over one of OpenAI's two APIs."""
    if use_responses:
        return OpenAIProvider(openai_client=client, use_responses=True)
    return ChatCompletionsProvider(client)


def create_run_config(
    provider: ModelProvider,
    random: Random | None = None,
    *,
    history_tokens: int = HISTORY_TOKENS,
) -> RunConfig:
    """Return the configuration of runs with checked models. No trace of a run goes anywhere.

    The ids of what models send come from `random`, by default from the system's. A model that calls
    a tool which does not exist is answered, and goes on.
    """
    ids = ModelIds(random or SystemRandom())
    return RunConfig(
        model_provider=CheckedProvider(provider, ids, turn_bytes=turn_bytes(history_tokens)),
        tool_not_found_behavior="return_error_to_model",
        tracing_disabled=True,
        trace_include_sensitive_data=False,
    )


def settings_of(model: str | None) -> ModelSettings:
    """Return the Agents SDK's settings for a model, with nothing stored and usage reported.

    An agent with settings of its own gets none of the SDK's.
    """
    ours = ModelSettings(store=False, include_usage=True)
    return get_default_model_settings(model or get_default_model()).resolve(ours)


def agent_settings_of(model: str | None) -> ModelSettings:
    """Return `settings_of` a model for runs of several steps, between which it may reason.

    Its endpoint keeps nothing, so its reasoning travels with the turn. Endpoints refuse to encrypt
    the reasoning of models that have none.
    """
    settings = settings_of(model)
    if not reasons(model or get_default_model()):
        return settings
    return settings.resolve(ASKED)
