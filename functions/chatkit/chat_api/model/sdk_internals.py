"""What can only be had from members that the Agents SDK keeps to itself; all of it is here.

The pinned version of the SDK has them, and the tests of answers that are cut fail without them.
"""

from typing import Any

from agents import Model, OpenAIChatCompletionsModel
from agents.exceptions import _mark_error_to_drain_stream_events
from openai.types.chat import ChatCompletion

from chat_api.model.output.chunks import CheckedChunks, check_completion


class ChatCompletionsModel(OpenAIChatCompletionsModel):
    """A model over Chat Completions, whose answers count as whole only if they say so.

    The SDK turns chunks into events of the Responses API and drops the finish reason. So the
    chunks are checked before, and only this method has them.
    """

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        fetched = await super()._fetch_response(*args, **kwargs)
        if isinstance(fetched, ChatCompletion):
            check_completion(fetched)
            return fetched
        response, stream = fetched
        return response, CheckedChunks(stream)


def deliver_events_before(error: Exception) -> None:
    """Let a run's reader have all events that came before this error.

    The SDK drops those that wait to be read when a model fails, unless the error is marked.
    """
    _mark_error_to_drain_stream_events(error)


def supports_default_prompt_cache_key(model: Model) -> bool:
    """Return whether the SDK may send that model a cache key, which it asks of the model itself."""
    supports = getattr(model, "_supports_default_prompt_cache_key", None)
    return bool(supports and supports())
