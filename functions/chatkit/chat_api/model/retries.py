"""The attempts at one request: how long to wait for each, and whether to make another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from agents import Model, ModelSettings
from agents.exceptions import ModelTimeoutError
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.errors import is_passing
from chat_api.model.exchange import Exchange, begin_exchange
from chat_api.model.failed_request import LogKeys, log_keys, stream_failure
from chat_api.model.retry_policy import RetryPolicy
from chatcore.logs import logger

# The Agents SDK repeats no request after any other event.
_REPEATABLE = frozenset({"response.created", "response.in_progress"})
# Events that say only that the request was accepted.
_NOT_BEGUN = _REPEATABLE | {"response.queued"}


class Retries:
    """Bounds the wait for a model's answer, advises the Agents SDK on retries, logs failures.

    All attempts share one deadline. A timeout in the request's settings replaces the policy's wait.
    The bound ends when the model begins to answer, or when its endpoint sends anything after it has
    accepted the request. SSE comments count, because they show that the endpoint is working. From
    then on, the HTTP client's read timeout bounds each silence.

    Without a policy, the wait has no bound and the model's own advice is passed on.
    """

    def __init__(self, model: Model, policy: RetryPolicy | None, names: LogKeys) -> None:
        """`names` are the log keys that name the model."""
        self._model = model
        self._policy = policy
        self._names = names
        self._wait = 0.0
        self._deadline: float | None = None
        self._attempt = 0
        self._exchange = Exchange()
        self._alive = False
        self._repeatable = True
        self._logged = False

    @property
    def has_begun(self) -> bool:
        """Whether the endpoint has sent more than its acceptance of the attempt."""
        return not self._repeatable

    def begin(self, settings: ModelSettings) -> None:
        """Begin an attempt. The first one sets the deadline of all."""
        if self._policy and self._deadline is None:
            self._wait = settings.timeout or self._policy.wait
            self._deadline = asyncio.get_running_loop().time() + self._wait
        self._attempt += 1
        self._alive = False
        self._repeatable = True
        self._logged = False
        self.begin_exchange()

    def begin_exchange(self) -> None:
        """Expect another HTTP response within the same attempt."""
        self._exchange = begin_exchange()

    async def next_event(
        self, events: AsyncIterator[TResponseStreamEvent]
    ) -> TResponseStreamEvent | None:
        """Return the next event, or None at the end. Raise `ModelTimeoutError` at the deadline."""
        coming = anext(events, None)
        if self._alive or self._deadline is None:
            return await coming
        read = self._exchange.bytes_read
        return await self._until(self._deadline, coming, lambda: self._exchange.bytes_read > read)

    async def in_time[T](self, coming: Awaitable[T]) -> T:
        """Return an answer in one piece. Raise `ModelTimeoutError` at the deadline."""
        if self._deadline is None:
            return await coming
        return await self._until(self._deadline, coming, lambda: False)

    def see(self, event: TResponseStreamEvent) -> None:
        """Note what an event says about the attempt. Raise a failure from before the answer."""
        response = self._exchange.response
        if response and (error := stream_failure(event, response)):
            if self._repeatable:
                raise error
            # The Agents SDK raises its own error for this event, and asks for no advice.
            self._log_failure(log_keys(error, response))
        self._alive = self._alive or event.type not in _NOT_BEGUN
        self._repeatable = self._repeatable and event.type in _REPEATABLE

    def advise(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        """Return whether the failed request is sent again, and after which pause in seconds."""
        advice = self._model.get_retry_advice(request)
        if self._policy is None or self._deadline is None:
            return advice
        pause = self._pause(request.error, advice, self._policy, self._deadline)
        keys = log_keys(request.error, self._exchange.response)
        if pause is not None:
            logger.warning(
                "model_request_retried",
                **self._names,
                **keys,
                attempt=self._attempt,
                retry_in=pause,
            )
        elif not self._logged:
            self._log_failure(keys)
        return ModelRetryAdvice(suggested=pause is not None, retry_after=pause)

    def _log_failure(self, keys: LogKeys) -> None:
        logger.error("model_request_failed", **self._names, **keys, attempt=self._attempt)
        self._logged = True

    async def _until[T](
        self, deadline: float, coming: Awaitable[T], is_alive: Callable[[], bool]
    ) -> T:
        """Await `coming` until the deadline, or to its end if `is_alive` returns True then."""

        def expire() -> None:
            self._alive = is_alive()
            if not self._alive:
                bound.reschedule(0)

        try:
            async with asyncio.timeout(None) as bound:
                timer = asyncio.get_running_loop().call_at(deadline, expire)
                try:
                    return await coming
                finally:
                    timer.cancel()
        except TimeoutError:
            if not bound.expired():
                raise
            raise ModelTimeoutError(self._wait) from None

    def _pause(
        self,
        error: Exception,
        advice: ModelRetryAdvice | None,
        policy: RetryPolicy,
        deadline: float,
    ) -> float | None:
        """Return the seconds before the request is sent again, or None if it is not."""
        refused = advice is not None and advice.suggested is False
        spent = self._attempt > policy.retries
        if refused or spent or not self._repeatable or not is_passing(error):
            return None
        asked = advice.retry_after if advice else None
        pause = asked or policy.pause(self._attempt)
        left = deadline - asyncio.get_running_loop().time()
        return pause if pause < left and pause <= policy.longest_pause else None
