"""Models that are waited for within a bound, and asked again when that may help."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

from agents import Model, ModelProvider, ModelResponse, ModelSettings
from agents.exceptions import ModelTimeoutError
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.default_models import get_default_model
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.errors import is_passing
from chat_api.model.exchange import begin_exchange
from chat_api.model.failed_request import Facts, error_of, facts_of
from chat_api.model.retry_policy import RetryPolicy
from chat_api.model.wrapping import WrappingModel
from chatcore.logs import logger

# The Agents SDK repeats no request after any other event.
_REPEATABLE = frozenset({"response.created", "response.in_progress"})
# Events that say only that the request was taken.
_NOT_BEGUN = _REPEATABLE | {"response.queued"}


class RetryingProvider(ModelProvider):
    """Provide the models of another provider, each as a `RetryingModel`.

    `api` names the API of the provider's endpoint in the log.
    """

    def __init__(self, provider: ModelProvider, *, api: str, patience: RetryPolicy) -> None:
        self._provider = provider
        self._api = api
        self._patience = patience

    def get_model(self, model_name: str | None) -> Model:
        facts: Facts = {"model": model_name or get_default_model(), "api": self._api}
        return RetryingModel(self._provider.get_model(model_name), facts, self._patience)

    async def aclose(self) -> None:
        await self._provider.aclose()


class RetryingModel(WrappingModel):
    """Bounds the wait for another model, advises the Agents SDK on retries, and logs failures.

    An instance serves one request and its retries, whose time is counted together: the Agents SDK
    asks its provider for a model before each request. A timeout in the request's settings replaces
    the bound. The bound ends when the model begins to answer, or when its endpoint sends anything
    after the news that it took the request: SSE comments count, because they promise that somebody
    is at work. From then on the HTTP client's read timeout bounds each silence.
    """

    def __init__(self, model: Model, facts: Facts, patience: RetryPolicy) -> None:
        """`facts` are log keys that name the model."""
        super().__init__(model)
        self._facts = facts
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._wait = patience.wait
        self._deadline: float | None = None
        self._attempt = 0

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice:
        """Return whether the failed request is sent again, and after which pause."""
        pause = self._pause(request)
        facts = self._facts | facts_of(request.error, self._exchange.response)
        if pause is not None:
            logger.warning("model_request_retried", **facts, attempt=self._attempt, retry_in=pause)
        elif not self._logged:
            logger.error("model_request_failed", **facts, attempt=self._attempt)
        return ModelRetryAdvice(suggested=pause is not None, retry_after=pause)

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        *args: Any,
        **kwargs: Any,
    ) -> ModelResponse:
        """Return the whole answer. Raises `ModelTimeoutError` when it is not there in time."""
        self._start_attempt(model_settings)
        return await self._in_time(
            self._model.get_response(system_instructions, input, model_settings, *args, **kwargs),
            lambda: False,
        )

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        *args: Any,
        **kwargs: Any,
    ) -> AsyncGenerator[TResponseStreamEvent]:
        """Stream the answer. Raises `ModelTimeoutError` when it does not begin in time."""
        self._start_attempt(model_settings)
        events = self._model.stream_response(
            system_instructions, input, model_settings, *args, **kwargs
        )
        try:
            while event := await self._next(events):
                self._note(event)
                yield event
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()

    def _start_attempt(self, settings: ModelSettings) -> None:
        if self._deadline is None:
            self._wait = settings.timeout or self._patience.wait
            self._deadline = self._loop.time() + self._wait
        self._attempt += 1
        self._exchange = begin_exchange()
        self._alive = False
        self._repeatable = True
        self._logged = False

    def _note(self, event: TResponseStreamEvent) -> None:
        """Note what an event says of the request. Raises the error that it may be repeated for."""
        response = self._exchange.response
        if response and (error := error_of(event, response)):
            if self._repeatable and is_passing(error):
                raise error
            # The Agents SDK raises what it makes of such an event without asking for advice.
            facts = self._facts | facts_of(error, response)
            logger.error("model_request_failed", **facts, attempt=self._attempt)
            self._logged = True
        self._alive = self._alive or event.type not in _NOT_BEGUN
        self._repeatable = self._repeatable and event.type in _REPEATABLE

    async def _next(
        self, events: AsyncIterator[TResponseStreamEvent]
    ) -> TResponseStreamEvent | None:
        coming = anext(events, None)
        if self._alive:
            return await coming
        read = self._exchange.bytes_read
        return await self._in_time(coming, lambda: self._exchange.bytes_read > read)

    async def _in_time[T](self, coming: Awaitable[T], lives: Callable[[], bool]) -> T:
        """Await it until the deadline, or for as long as it takes if `lives` holds by then."""
        assert self._deadline is not None

        def expire() -> None:
            self._alive = lives()
            if not self._alive:
                bound.reschedule(0)

        try:
            async with asyncio.timeout(None) as bound:
                timer = self._loop.call_at(self._deadline, expire)
                try:
                    return await coming
                finally:
                    timer.cancel()
        except TimeoutError:
            if not bound.expired():
                raise
            raise ModelTimeoutError(self._wait) from None

    def _pause(self, request: ModelRetryAdviceRequest) -> float | None:
        """Return the seconds before the request is sent again, None if it is not."""
        assert self._deadline is not None
        advice = self._model.get_retry_advice(request)
        refused = advice is not None and advice.suggested is False
        spent = self._attempt > self._patience.retries
        if refused or spent or not self._repeatable or not is_passing(request.error):
            return None
        asked = advice.retry_after if advice else None
        pause = asked or self._patience.pause(self._attempt)
        left = self._deadline - self._loop.time()
        return pause if pause < left else None
