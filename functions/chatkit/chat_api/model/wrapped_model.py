"""A model of the Agents SDK, with all that this service adds to its requests."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import openai
from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.model.hosted_tools import with_sources, without_hosted
from chat_api.model.input.input_format import input_format
from chat_api.model.input.normalizer import model_input
from chat_api.model.metering import RequestMeter
from chat_api.model.model_config import ModelConfig
from chat_api.model.model_request import ModelRequest
from chat_api.model.model_settings import (
    request_settings,
    with_offered_choice,
    without_cache_key,
)
from chat_api.model.optional_settings import OptionalSettings
from chat_api.model.output.answer_checks import AnswerChecks, checked_output
from chat_api.model.output.ids import ModelIds
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.reasoning_replay import ReasoningReplay
from chat_api.model.retries import Retries
from chat_api.model.sdk_internals import deliver_events_before, supports_default_prompt_cache_key

# What the SDK and the client raise when they cannot parse an answer.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)


@dataclass(frozen=True)
class Refusals:
    """What the models' endpoints refused so far, in the whole process."""

    settings: set[tuple[str, str]] = field(default_factory=set)
    replay: dict[str, bool] = field(default_factory=dict)


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
        refusals: Refusals,
        ids: ModelIds,
    ) -> None:
        self.name = config.name
        self._model = model
        self._config = config
        self._over_chat = over_chat
        self._format = input_format(config, over_chat=over_chat)
        self._turn_bytes = turn_bytes
        self._earlier_bytes = earlier_bytes
        self._retries = retries
        # Set while a request that was sent again after a refusal has no answer yet.
        self._is_learning = False
        self._optional = OptionalSettings(config.name, refusals.settings, supported=not over_chat)
        self._replay = ReasoningReplay(config, refusals.replay)
        self._ids = ids
        self._takes_hosted = config.provider == "openai" and not over_chat

    @property
    def has_begun(self) -> bool:
        """Whether the model has begun its answer."""
        return self._retries.has_begun

    async def get_response(self, *arguments: Any, **options: Any) -> ModelResponse:
        """Return the whole answer.

        Raise `ModelTimeoutError` if it does not come in time, `IncompleteAnswer` if it cannot be
        read.
        """
        given = ModelRequest(*arguments, **options)
        request = self._begin(given)
        meter = RequestMeter(request)
        with _failures(meter):
            response = await self._send(given, request)
            meter.see_response(response)
            output = checked_output(response.output, self._ids, self.name)
            return replace(response, output=output)

    async def stream_response(
        self, *arguments: Any, **options: Any
    ) -> AsyncGenerator[TResponseStreamEvent]:
        """Stream the answer.

        Raise `ModelTimeoutError` if it does not begin in time, `IncompleteAnswer` if it has no
        proper end. Closing this generator closes the connection at once.
        """
        given = ModelRequest(*arguments, **options)
        request = self._begin(given)
        meter, answer = RequestMeter(request), AnswerChecks(self._ids, self.name)
        events = request.stream(self._model)
        with _failures(meter):
            try:
                while True:
                    try:
                        event = await self._retries.next_event(events)
                    except openai.APIStatusError as error:
                        request = self._resend(given, request, error)
                        events = request.stream(self._model)
                        continue
                    if event is None:
                        break
                    self._confirm()
                    meter.see(event)
                    self._retries.see(event)
                    for checked in answer.feed(event):
                        yield checked
                answer.finish()
            finally:
                await _close(events)

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        return self._retries.advise(request)

    async def close(self) -> None:
        await self._model.close()

    @property
    def takes_cache_key(self) -> bool:
        """Whether its endpoint takes the Agents SDK's key of the prompt cache."""
        return supports_default_prompt_cache_key(self._model)

    def _supports_default_prompt_cache_key(self) -> bool:
        return self.takes_cache_key

    def _begin(self, given: ModelRequest) -> ModelRequest:
        """Begin an attempt. Return the request as its endpoint takes it."""
        request = self._prepared(given)
        self._retries.begin(request.model_settings)
        return request

    def _prepared(self, given: ModelRequest) -> ModelRequest:
        """Return a request as its endpoint takes it, by all that is known of the endpoint."""
        own = given.model_settings
        if not self.takes_cache_key:
            own = without_cache_key(own)
        tools = given.tools if self._takes_hosted else without_hosted(given.tools)
        own = with_offered_choice(own, replace(given, tools=tools).tool_names)
        settings = request_settings(self._config, own, over_chat=self._over_chat)
        if "include" not in self._config.omit:
            settings = with_sources(settings, tools)
        normalized = model_input(
            given.input,
            replace(self._format, replay=self._replay.decision),
            tools=given.tool_names,
            turn_bytes=self._turn_bytes,
            earlier_bytes=self._earlier_bytes,
        )
        return replace(
            given,
            input=normalized,
            model_settings=self._optional.allowed(settings),
            tools=tools,
        )

    async def _send(self, given: ModelRequest, request: ModelRequest) -> ModelResponse:
        while True:
            try:
                response = await self._retries.in_time(request.send(self._model))
            except openai.APIStatusError as error:
                request = self._resend(given, request, error)
                continue
            self._confirm()
            return response

    def _resend(
        self, given: ModelRequest, refused: ModelRequest, error: openai.APIStatusError
    ) -> ModelRequest:
        """Return the request to send again at once, or raise the error that refused it."""
        replays = self._format.readable and self._replay.learn(refused, error)
        if not replays and not self._optional.learn(refused, error):
            raise error
        request = self._prepared(given)
        if request == refused:
            raise error
        self._is_learning = True
        self._retries.begin_exchange()
        return request

    def _confirm(self) -> None:
        """Remember what was learned from a refusal, now that the endpoint took the request."""
        if self._is_learning:
            self._is_learning = False
            self._replay.confirm()
            self._optional.confirm()


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
