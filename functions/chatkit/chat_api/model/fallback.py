"""Several models for one request: one that fails before its first token is replaced."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.model.outages import Outages
from chat_api.model.wrapped_model import WrappedModel
from chatcore.logs import logger


class FallbackModel(Model):
    """Asks the first of several models, and the next one when a model has failed for good.

    An instance serves one request and its retries. Every model has retries of its own. A model that
    has begun its answer is not replaced, because the person has read that.
    """

    def __init__(self, models: Sequence[WrappedModel], outages: Outages) -> None:
        """Models that have `outages` are asked only if all have."""
        self._models = models
        self._outages = outages
        available = [model for model in models if not outages.has(model.name)]
        self._current, *self._others = available or models

    async def get_response(self, *arguments: Any, **options: Any) -> ModelResponse:
        return await self._current.get_response(*arguments, **options)

    def stream_response(
        self, *arguments: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        return self._current.stream_response(*arguments, **options)

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        """Return the current model's advice, or the advice to ask the next one at once."""
        advice = self._current.get_retry_advice(request)
        is_repeated = advice is not None and advice.suggested
        if is_repeated or self._current.has_begun:
            return advice
        self._outages.note(self._current.name, request.error)
        if not self._others:
            return advice
        failed, self._current = self._current, self._others.pop(0)
        logger.warning("model_replaced", model=failed.name, replaced_by=self._current.name)
        return ModelRetryAdvice(suggested=True, retry_after=0.0)

    async def close(self) -> None:
        for model in self._models:
            await model.close()

    def _supports_default_prompt_cache_key(self) -> bool:
        return all(model._supports_default_prompt_cache_key() for model in self._models)
