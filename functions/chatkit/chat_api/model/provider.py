"""The models of a run, and the settings they are asked with."""

from collections.abc import Awaitable, Callable
from random import Random, SystemRandom

import httpx2
from agents import (
    ModelProvider,
    ModelRetrySettings,
    ModelSettings,
    OpenAIProvider,
    RunConfig,
    retry_policies,
)
from agents.models.default_models import get_default_model, get_default_model_settings
from agents.models.interface import Model
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from chat_api.model.budget import HISTORY_TOKENS, turn_bytes
from chat_api.model.checked import CheckedModel
from chat_api.model.exchange import note_response
from chat_api.model.metered import MeteredModel
from chat_api.model.output.ids import ModelIds
from chat_api.model.reasoning import ASKED, ReasoningProvider, reasons
from chat_api.model.retries import RetryingProvider
from chat_api.model.retry_policy import RETRIES, SILENCE_SECONDS, RetryPolicy
from chat_api.model.sdk_internals import ChatCompletionsModel

# A dead address is noticed sooner than a silent model.
TIMEOUT = httpx2.Timeout(SILENCE_SECONDS, connect=5.0)


class CheckedProvider(ModelProvider):
    """Provide the models of another provider, each as a `CheckedModel`."""

    def __init__(
        self, provider: ModelProvider, ids: ModelIds, *, turn_bytes: int = turn_bytes()
    ) -> None:
        self._provider = provider
        self._ids = ids
        self._turn_bytes = turn_bytes

    def get_model(self, model_name: str | None) -> Model:
        model = self._provider.get_model(model_name)
        return CheckedModel(MeteredModel(model), self._ids, turn_bytes=self._turn_bytes)

    async def aclose(self) -> None:
        await self._provider.aclose()


class ChatCompletionsProvider(ModelProvider):
    """Provide the models of an endpoint that speaks Chat Completions."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    def get_model(self, model_name: str | None) -> Model:
        return ChatCompletionsModel(model_name or get_default_model(), self._client)


def create_client(
    base_url: str,
    api_key: str | Callable[[], Awaitable[str]],
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncOpenAI:
    """Return a client of a model's endpoint for `create_provider`; it repeats nothing by itself."""
    http = DefaultAsyncHttpxClient(
        timeout=TIMEOUT, transport=transport, event_hooks={"response": [note_response]}
    )
    return AsyncOpenAI(
        api_key=api_key, base_url=base_url, timeout=TIMEOUT, max_retries=0, http_client=http
    )


def create_provider(
    client: AsyncOpenAI, *, use_responses: bool, patience: RetryPolicy | None = None
) -> ModelProvider:
    """Return the models of this client's endpoint, reached over one of OpenAI's two APIs."""
    provider: ModelProvider
    if use_responses:
        provider = ReasoningProvider(OpenAIProvider(openai_client=client, use_responses=True))
    else:
        provider = ChatCompletionsProvider(client)
    api = "responses" if use_responses else "chat_completions"
    return RetryingProvider(provider, api=api, patience=patience or RetryPolicy())


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
        # The models themselves advise: see `RetryingModel`.
        model_settings=ModelSettings(
            retry=ModelRetrySettings(
                max_retries=RETRIES, policy=retry_policies.provider_suggested()
            )
        ),
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
