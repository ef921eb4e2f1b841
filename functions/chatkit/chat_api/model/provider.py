"""The models of a run, and the settings they are asked with."""

from collections.abc import Awaitable, Callable
from random import Random, SystemRandom

import httpx2
from agents import (
    ModelProvider,
    ModelRetrySettings,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    RunConfig,
    retry_policies,
)
from agents.models.default_models import get_default_model, get_default_model_settings
from agents.models.interface import Model
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from chat_api.model.budget import HISTORY_TOKENS, turn_bytes
from chat_api.model.encrypted_reasoning import (
    ENCRYPTED_REASONING,
    EncryptedReasoning,
    may_reason,
)
from chat_api.model.exchange import note_response
from chat_api.model.input.items import CHAT_COMPLETIONS, RESPONSES
from chat_api.model.output.ids import ModelIds
from chat_api.model.retries import Retries
from chat_api.model.retry_policy import RETRIES, SILENCE_SECONDS, RetryPolicy
from chat_api.model.sdk_internals import ChatCompletionsModel
from chat_api.model.wrapped_model import WrappedModel

# A dead address is noticed sooner than a silent model.
TIMEOUT = httpx2.Timeout(SILENCE_SECONDS, connect=5.0)


class EndpointProvider(ModelProvider):
    """Provide the Agents SDK's models of one endpoint, over one of OpenAI's two APIs."""

    def __init__(
        self, client: AsyncOpenAI, *, use_responses: bool, retry_policy: RetryPolicy
    ) -> None:
        self.retry_policy = retry_policy
        self._client = client
        self._use_responses = use_responses

    def get_model(self, model_name: str | None) -> Model:
        name = model_name or get_default_model()
        if self._use_responses:
            return OpenAIResponsesModel(
                name, self._client, model_is_explicit=model_name is not None
            )
        return ChatCompletionsModel(name, self._client)


class WrappingProvider(ModelProvider):
    """Provide the models of another provider, each as a `WrappedModel`.

    Requests have the retry policy of their endpoint. The models of any other provider are asked
    once, without a bound.
    """

    def __init__(self, provider: ModelProvider, ids: ModelIds, *, turn_bytes: int) -> None:
        self._provider = provider
        self._ids = ids
        self._turn_bytes = turn_bytes
        self._refused_reasoning: set[str] = set()

    def get_model(self, model_name: str | None) -> Model:
        name = model_name or get_default_model()
        model = self._provider.get_model(model_name)
        over_chat = isinstance(model, OpenAIChatCompletionsModel)
        endpoint = self._provider if isinstance(self._provider, EndpointProvider) else None
        policy = endpoint.retry_policy if endpoint else None
        names = {"model": name, "api": "chat_completions" if over_chat else "responses"}
        return WrappedModel(
            model,
            input_format=CHAT_COMPLETIONS if over_chat else RESPONSES,
            turn_bytes=self._turn_bytes,
            retries=Retries(model, policy, names),
            reasoning=EncryptedReasoning(name, self._refused_reasoning, supported=not over_chat),
            ids=self._ids,
        )

    async def aclose(self) -> None:
        await self._provider.aclose()


def create_client(
    base_url: str,
    api_key: str | Callable[[], Awaitable[str]],
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncOpenAI:
    """Return a client of a model's endpoint for `create_provider`. It retries nothing itself."""
    http = DefaultAsyncHttpxClient(
        timeout=TIMEOUT, transport=transport, event_hooks={"response": [note_response]}
    )
    return AsyncOpenAI(
        api_key=api_key, base_url=base_url, timeout=TIMEOUT, max_retries=0, http_client=http
    )


def create_provider(
    client: AsyncOpenAI, *, use_responses: bool, retry_policy: RetryPolicy | None = None
) -> ModelProvider:
    """Return the models of this client's endpoint, for `create_run_config`."""
    policy = retry_policy or RetryPolicy()
    return EndpointProvider(client, use_responses=use_responses, retry_policy=policy)


def create_run_config(
    provider: ModelProvider,
    random: Random | None = None,
    *,
    history_tokens: int = HISTORY_TOKENS,
) -> RunConfig:
    """Return the configuration of runs with the provider's models, wrapped and without traces.

    The ids of what models send come from `random`, by default from the system's. A model that
    calls a tool which does not exist gets an error as the result, and the run continues.
    """
    ids = ModelIds(random or SystemRandom())
    return RunConfig(
        model_provider=WrappingProvider(provider, ids, turn_bytes=turn_bytes(history_tokens)),
        # The models themselves advise: see `Retries`.
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

    The SDK adds its settings for a model only to an agent that has none of its own.
    """
    ours = ModelSettings(store=False, include_usage=True)
    return get_default_model_settings(model or get_default_model()).resolve(ours)


def agent_settings_of(model: str | None) -> ModelSettings:
    """Return `settings_of` a model for runs of several steps.

    The endpoint keeps nothing, so the model's encrypted reasoning is sent back with the next step.
    Endpoints refuse to encrypt the reasoning of models that have none.
    """
    settings = settings_of(model)
    if not may_reason(model or get_default_model()):
        return settings
    return settings.resolve(ENCRYPTED_REASONING)
