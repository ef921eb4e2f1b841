"""Encrypted reasoning: who is asked for it, and what happens where it is refused."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import openai
from agents import Model, ModelProvider, ModelResponse, ModelSettings
from agents.items import TResponseStreamEvent

from chat_api.model.wrapping import WrappingModel
from chatcore.logs import logger

# An endpoint that keeps nothing (`store=False`) takes reasoning back only with its content.
ASKED = ModelSettings(response_include=["reasoning.encrypted_content"])
# OpenAI's models from before it gave reasoning to all: no new ones come. The prefixes are those of
# fine-tuned models and of Bedrock. OpenAI answers 400 for these. The chat models of the 5 series
# do not reason either.
_WITHOUT = re.compile(r"(ft:|openai[./])?(gpt-3\.5|gpt-4|chatgpt-4o|gpt-5(\.\d+)?-chat)")
# "Encrypted content is not supported with this model", or a name of the parameter.
_REFUSED = re.compile(r"encrypted|\binclude\b", re.IGNORECASE)
# Where the settings stand among the arguments of a model's request.
_SETTINGS = 2


def reasons(model: str) -> bool:
    """Return whether a model may reason: every one does that is not known not to."""
    return _WITHOUT.match(model.lower()) is None


class ReasoningModel(WrappingModel):
    """Pass requests on, without asking for encrypted reasoning once that was refused.

    Older servers do not know the parameter, and a deployment's own name does not say what model is
    behind it. A request that is refused over it is sent again without. `refused` holds the names
    of such models, for all requests of this process.
    """

    def __init__(self, model: Model, name: str, refused: set[str]) -> None:
        super().__init__(model)
        self._name = name
        self._refused = refused

    async def get_response(self, *request: Any, **more: Any) -> ModelResponse:
        try:
            return await self._model.get_response(*self._allowed(request), **more)
        except openai.APIStatusError as error:
            self._learn(request, error)
        return await self._model.get_response(*self._allowed(request), **more)

    async def stream_response(
        self, *request: Any, **more: Any
    ) -> AsyncGenerator[TResponseStreamEvent]:
        try:
            async for event in self._model.stream_response(*self._allowed(request), **more):
                yield event
            return
        except openai.APIStatusError as error:
            self._learn(request, error)
        async for event in self._model.stream_response(*self._allowed(request), **more):
            yield event

    def _allowed(self, request: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the request as the model's endpoint takes it."""
        settings: ModelSettings = request[_SETTINGS]
        if self._name not in self._refused or not settings.response_include:
            return request
        without = replace(settings, response_include=None)
        return (*request[:_SETTINGS], without, *request[_SETTINGS + 1 :])

    def _learn(self, request: tuple[Any, ...], error: openai.APIStatusError) -> None:
        """Raise the error unless it is over encrypted reasoning, which is not asked for again."""
        asked = self._allowed(request)[_SETTINGS].response_include
        over_it = _REFUSED.search(f"{error.param} {error}")
        if not asked or error.status_code not in (400, 422) or not over_it:
            raise error
        self._refused.add(self._name)
        logger.warning("reasoning_refused", model=self._name)


class ReasoningProvider(ModelProvider):
    """Provide the models of another provider, each as a `ReasoningModel`."""

    def __init__(self, provider: ModelProvider) -> None:
        self._provider = provider
        self._refused: set[str] = set()

    def get_model(self, model_name: str | None) -> Model:
        return ReasoningModel(self._provider.get_model(model_name), model_name or "", self._refused)

    async def aclose(self) -> None:
        await self._provider.aclose()
