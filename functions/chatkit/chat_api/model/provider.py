"""The models of a run, and the settings they are asked with."""

from agents import ModelProvider, ModelSettings, OpenAIProvider, RunConfig
from agents.models.default_models import get_default_model, get_default_model_settings
from agents.models.interface import Model
from openai import AsyncOpenAI

from chat_api.model.checked import CheckedModel


class CheckedProvider(ModelProvider):
    """Provide the models of another provider, each as a `CheckedModel`."""

    def __init__(self, provider: ModelProvider) -> None:
        self._provider = provider

    def get_model(self, model_name: str | None) -> Model:
        return CheckedModel(self._provider.get_model(model_name))

    async def aclose(self) -> None:
        await self._provider.aclose()


def create_provider(client: AsyncOpenAI, *, use_responses: bool) -> ModelProvider:
    """Return the models of this client's endpoint, reached over one of OpenAI's two APIs."""
    return OpenAIProvider(openai_client=client, use_responses=use_responses)


def create_run_config(provider: ModelProvider) -> RunConfig:
    """Return the configuration of runs with checked models. No trace of a run goes anywhere."""
    return RunConfig(
        model_provider=CheckedProvider(provider),
        tracing_disabled=True,
        trace_include_sensitive_data=False,
    )


def settings_of(model: str | None) -> ModelSettings:
    """Return the Agents SDK's settings for a model, with nothing stored and usage reported.

    An agent with settings of its own gets none of the SDK's.
    """
    ours = ModelSettings(store=False, include_usage=True)
    return get_default_model_settings(model or get_default_model()).resolve(ours)
