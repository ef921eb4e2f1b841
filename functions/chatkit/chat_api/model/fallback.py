"""Several models for one request: one that fails before its first token is replaced."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.errors import is_outage, is_refusal
from chat_api.model.outages import Outages
from chat_api.model.wrapped_model import WrappedModel
from chatcore.logs import logger


class FallbackModel(Model):
    """Asks the first of several models, and the next one when a model has failed for good.

    An instance serves one request and its retries. Every model has retries of its own. A model that
    has begun its answer is not replaced, because the user has read its beginning. Nor is a model
    that refuses the message, because another model would evade the refusal.
    """

    def __init__(
        self, names: Sequence[str], create: Callable[[str], WrappedModel], outages: Outages
    ) -> None:
        """`create` returns the model of a name, and is called just before that model is used.

        Models in `outages` are skipped, unless all of them are there.
        """
        self._create = create
        self._outages = outages
        available = [name for name in names if not outages.has(name)] or names
        if available[0] != names[0]:
            logger.info("model_skipped", model=names[0], replaced_by=available[0])
        self._others = list(available[1:])
        self._current = create(available[0])

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
        if is_repeated or self._current.has_begun or is_refusal(request.error):
            return advice
        if is_outage(request.error):
            self._outages.note(self._current.name)
        if not self._others:
            return advice
        failed, self._current = self._current, self._create(self._others.pop(0))
        logger.warning("model_replaced", model=failed.name, replaced_by=self._current.name)
        return ModelRetryAdvice(suggested=True, retry_after=0.0)

    def _supports_default_prompt_cache_key(self) -> bool:
        return self._current.takes_cache_key
