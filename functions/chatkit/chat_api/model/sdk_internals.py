"""All uses of the Agents SDK's private members.

The pinned version of the SDK has them, and the tests of incomplete answers fail without them.
"""

from typing import Any

from agents import Model, OpenAIChatCompletionsModel, OpenAIResponsesModel
from agents.exceptions import _mark_error_to_drain_stream_events
from openai import AsyncOpenAI, omit
from openai.types.chat import ChatCompletion

from chat_api.model.output.chunks import CheckedChunks, check_completion


class ResponsesModel(OpenAIResponsesModel):
    """A model over the Responses API that sends no empty list, which some endpoints refuse."""

    def _build_response_create_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        built = super()._build_response_create_kwargs(*args, **kwargs)
        return built | {name: omit for name in ("include", "tools") if not built[name]}


class ChatCompletionsModel(OpenAIChatCompletionsModel):
    """A model over Chat Completions that raises `IncompleteAnswer` unless an answer is whole.

    The SDK turns chunks into events of the Responses API and drops the finish reason. So the chunks
    are checked before that, in the only method that has them.

    All reasoning in the input goes back to the endpoint; `InputFormat` decides what the input has.
    """

    def __init__(self, model: str, client: AsyncOpenAI) -> None:
        super().__init__(model, client, should_replay_reasoning_content=lambda _: True)

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        fetched = await super()._fetch_response(*args, **kwargs)
        if isinstance(fetched, ChatCompletion):
            check_completion(fetched)
            return fetched
        response, stream = fetched
        return response, CheckedChunks(stream)


def deliver_events_before(error: Exception) -> None:
    """Let a run's reader get all events that came before this error.

    When a model fails, the SDK drops the events that are not read yet, unless the error is marked.
    """
    _mark_error_to_drain_stream_events(error)


def supports_default_prompt_cache_key(model: Model) -> bool:
    """Return whether the SDK may send a cache key to the model, which the model itself decides."""
    supports = getattr(model, "_supports_default_prompt_cache_key", None)
    return bool(supports and supports())
