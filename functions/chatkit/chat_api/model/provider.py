"""The models of a run: those of the list, each wrapped in what this service adds."""

from collections.abc import Callable
from dataclasses import replace
from random import Random, SystemRandom

from agents import (
    ModelProvider,
    ModelRetrySettings,
    ModelSettings,
    OpenAIChatCompletionsModel,
    RunConfig,
    retry_policies,
)
from agents.models.default_models import get_default_model
from agents.models.interface import Model
from openai import AsyncOpenAI

from chat_api.model.budget import HISTORY_TOKENS, history_bytes, turn_bytes
from chat_api.model.fallback import FallbackModel
from chat_api.model.model_config import ModelConfig, ModelList
from chat_api.model.outages import Outages
from chat_api.model.output.ids import ModelIds
from chat_api.model.retries import Retries
from chat_api.model.retry_policy import (
    LONGEST_PAUSE_BEFORE_FALLBACK,
    RETRIES,
    RetryPolicy,
)
from chat_api.model.sdk_internals import ChatCompletionsModel, ResponsesModel
from chat_api.model.wrapped_model import Refusals, WrappedModel


class ListedModels(ModelProvider):
    """Provides the Agents SDK's models, each from its own endpoint over its own API."""

    def __init__(
        self,
        models: ModelList,
        client_of: Callable[[ModelConfig], AsyncOpenAI],
        *,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self.models = models
        self.retry_policy = retry_policy or RetryPolicy()
        self._client_of = client_of

    def config(self, model_name: str | None) -> ModelConfig:
        """Return what is known of a model. None stands for the list's default, or for the SDK's."""
        return self.models.config(model_name or self.models.default or get_default_model())

    def get_model(self, model_name: str | None) -> Model:
        config = self.config(model_name)
        client = self._client_of(config)
        if config.api == "responses":
            is_explicit = model_name is not None
            return ResponsesModel(config.wire_name, client, model_is_explicit=is_explicit)
        return ChatCompletionsModel(config.wire_name, client)


class WrappingProvider(ModelProvider):
    """Provides the models of another provider, each as a `WrappedModel`.

    Listed models have a retry policy. The models of any other provider are asked once, without a
    bound. With `fallback`, a listed model that fails is replaced by those that follow it.
    """

    def __init__(
        self, provider: ModelProvider, ids: ModelIds, *, history_tokens: int, fallback: bool
    ) -> None:
        self._provider = provider
        self._ids = ids
        self._history_tokens = history_tokens
        self._fallback = fallback
        self._refusals = Refusals()
        self._outages = Outages()

    def get_model(self, model_name: str | None) -> Model:
        provider = self._provider
        if not isinstance(provider, ListedModels):
            config = ModelConfig(name=model_name or get_default_model())
            return self._wrapped(config, provider.get_model(model_name), None)
        config = provider.config(model_name)
        others = [each.name for each in provider.models.following(model_name)]
        if not self._fallback or not others:
            model = provider.get_model(model_name)
            return self._wrapped(config, model, provider.retry_policy)
        names = [config.name, *others]

        def create(name: str) -> WrappedModel:
            policy = provider.retry_policy
            if name != names[-1]:
                policy = replace(policy, longest_pause=LONGEST_PAUSE_BEFORE_FALLBACK)
            return self._wrapped(
                provider.config(name),
                provider.get_model(name),
                policy,
                # The history was made for the first model, and may be too long for another.
                fits=name == names[0],
            )

        return FallbackModel(names, create, self._outages)

    async def aclose(self) -> None:
        await self._provider.aclose()

    def _wrapped(
        self, config: ModelConfig, model: Model, policy: RetryPolicy | None, *, fits: bool = True
    ) -> WrappedModel:
        over_chat = isinstance(model, OpenAIChatCompletionsModel)
        names = {"model": config.name, "api": "chat_completions" if over_chat else "responses"}
        tokens = config.history_tokens(self._history_tokens)
        return WrappedModel(
            model,
            config,
            over_chat=over_chat,
            turn_bytes=turn_bytes(tokens),
            earlier_bytes=None if fits else history_bytes(tokens),
            retries=Retries(model, policy, names),
            refusals=self._refusals,
            ids=self._ids,
        )


def create_run_config(
    provider: ModelProvider,
    random: Random | None = None,
    *,
    history_tokens: int = HISTORY_TOKENS,
    fallback: bool = False,
) -> RunConfig:
    """Return the configuration of runs with the provider's models, wrapped and without traces.

    `random` mints the ids of output items and calls; by default, it is the system's. A model that
    calls a tool that does not exist gets an error as the result, and the run continues.
    """
    ids = ModelIds(random or SystemRandom())
    models = len(provider.models.configs) if isinstance(provider, ListedModels) and fallback else 1
    return RunConfig(
        model_provider=WrappingProvider(
            provider, ids, history_tokens=history_tokens, fallback=fallback
        ),
        # The models themselves advise: see `Retries`.
        model_settings=ModelSettings(
            retry=ModelRetrySettings(
                max_retries=(RETRIES + 1) * max(models, 1) - 1,
                policy=retry_policies.provider_suggested(),
            )
        ),
        tool_not_found_behavior="return_error_to_model",
        tracing_disabled=True,
        trace_include_sensitive_data=False,
    )
