"""A model of the Agents SDK, with all that this service adds to its requests."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import openai
from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.model.encrypted_reasoning import EncryptedReasoning
from chat_api.model.input.items import CHAT_COMPLETIONS, RESPONSES
from chat_api.model.input.normalizer import model_input
from chat_api.model.metering import RequestMeter
from chat_api.model.model_config import ModelConfig
from chat_api.model.model_request import ModelRequest
from chat_api.model.model_settings import request_settings
from chat_api.model.output.answer_checks import AnswerChecks, checked_output
from chat_api.model.output.ids import ModelIds
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.retries import Retries
from chat_api.model.sdk_internals import deliver_events_before, supports_default_prompt_cache_key

# What the SDK and the client raise when they cannot parse an answer.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)


class WrappedModel(Model):
    """Normalizes a request's input, counts its tokens, bounds and repeats it, checks its answer.

    An instance serves one request and its retries: the Agents SDK asks its provider for a model
    before each request. The running turn is shortened to `turn_bytes`, and what came before it to
    `earlier_bytes` unless that is None.

    All of it happens in one generator, because each word of an answer passes through it.
    """

    def __init__(
        self,
        model: Model,
        config: ModelConfig,
        *,
        over_chat: bool,
        turn_bytes: int,
        earlier_bytes: int | None,
        retries: Retries,
        refused: set[str],
        ids: ModelIds,
    ) -> None:
        self.name = config.name
        self._model = model
        self._config = config
        self._over_chat = over_chat
        self._format = CHAT_COMPLETIONS if over_chat else RESPONSES
        self._turn_bytes = turn_bytes
        self._earlier_bytes = earlier_bytes
        self._retries = retries
        self._reasoning = EncryptedReasoning(config.name, refused, supported=not over_chat)
        self._ids = ids

    @property
    def has_begun(self) -> bool:
        """Return whether the model has begun its answer."""
        return self._retries.has_begun

    async def get_response(self, *arguments: Any, **options: Any) -> ModelResponse:
        """Return the whole answer.

        Raise `ModelTimeoutError` if it does not come in time, `IncompleteAnswer` if it cannot be
        read.
        """
        request = self._begin(ModelRequest(*arguments, **options))
        meter = RequestMeter(request)
        with _failures(meter):
            response = await self._send(request)
            meter.see_response(response)
            return replace(response, output=checked_output(response.output, self._ids))

    async def stream_response(
        self, *arguments: Any, **options: Any
    ) -> AsyncGenerator[TResponseStreamEvent]:
        """Stream the answer.

        Raise `ModelTimeoutError` if it does not begin in time, `IncompleteAnswer` if it has no
        proper end. Closing this generator closes the connection at once.
        """
        request = self._begin(ModelRequest(*arguments, **options))
        meter, answer = RequestMeter(request), AnswerChecks(self._ids)
        events = request.stream(self._model)
        with _failures(meter):
            try:
                while True:
                    try:
                        event = await self._retries.next_event(events)
                    except openai.APIStatusError as error:
                        request = self._resend(request, error)
                        events = request.stream(self._model)
                        continue
                    if event is None:
                        break
                    self._retries.see(event)
                    meter.see(event)
                    for checked in answer.feed(event):
                        yield checked
                answer.finish()
            finally:
                await _close(events)

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        return self._retries.advise(request)

    async def close(self) -> None:
        await self._model.close()

    def _supports_default_prompt_cache_key(self) -> bool:
        return supports_default_prompt_cache_key(self._model)

    def _begin(self, request: ModelRequest) -> ModelRequest:
        """Begin an attempt. Return the request as its endpoint takes it."""
        settings = request_settings(self._config, request.model_settings, over_chat=self._over_chat)
        self._retries.begin(settings)
        normalized = model_input(
            request.input,
            self._format,
            tools=request.tool_names,
            turn_bytes=self._turn_bytes,
            earlier_bytes=self._earlier_bytes,
        )
        return self._reasoning.allowed(replace(request, input=normalized, model_settings=settings))

    async def _send(self, request: ModelRequest) -> ModelResponse:
        while True:
            try:
                return await self._retries.in_time(request.send(self._model))
            except openai.APIStatusError as error:
                request = self._resend(request, error)

    def _resend(self, request: ModelRequest, error: openai.APIStatusError) -> ModelRequest:
        """Return the request to send again at once, or raise the error that refused it."""
        without = self._reasoning.without(request, error)
        self._retries.begin_exchange()
        return without


@contextmanager
def _failures(meter: RequestMeter) -> Iterator[None]:
    """Raise `IncompleteAnswer` for an answer that cannot be parsed, and other errors as they are.

    The run's reader gets all events that came before the error.
    """
    try:
        yield
    except Exception as error:
        meter.fail(error)
        if not isinstance(error, UNREADABLE):
            deliver_events_before(error)
            raise
        cut = IncompleteAnswer("An answer cannot be read")
        deliver_events_before(cut)
        raise cut from error


async def _close(events: AsyncIterator[TResponseStreamEvent]) -> None:
    if isinstance(events, AsyncGenerator):
        await events.aclose()
