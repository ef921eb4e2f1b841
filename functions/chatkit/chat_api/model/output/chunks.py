"""The chunks of a streamed Chat Completions answer, as the Agents SDK can read them."""

from collections.abc import AsyncIterator
from typing import Any

from openai import AsyncStream
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from chat_api.model.output.call_indexes import CallIndexes
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.output.skipped_parts import log_skipped, loggable_name

# The finish reasons of a whole answer: those of OpenAI's API, then those of other models that
# gateways pass on.
WHOLE = {"stop", "tool_calls", "function_call"}
WHOLE |= {"eos", "eos_token", "end_turn", "stop_sequence", "tool_use"}
# OpenAI's code for each finish reason of an answer that was cut.
CODES = {
    "length": "max_output_tokens",
    "max_tokens": "max_output_tokens",
    "content_filter": "content_filter",
    "safety": "content_filter",
}
# Fields that other APIs add to OpenAI's, in which the SDK expects text.
TEXTS = ("reasoning_content", "reasoning")


class CheckedChunks(AsyncIterator[ChatCompletionChunk]):
    """Iterates over the chunks of one answer.

    Raise `IncompleteAnswer` if the end is not that of a whole answer: the Agents SDK demands a
    finish reason only from OpenAI's own endpoint. This is not a generator, because the SDK reads
    the `response` of a stream.
    """

    def __init__(self, stream: AsyncStream[ChatCompletionChunk]) -> None:
        self.response = stream.response
        self._stream = stream
        self._finish_reason: object = None
        self._calls = CallIndexes()
        self._has_text = False
        self._annotations: list[object] = []

    async def __anext__(self) -> ChatCompletionChunk:
        while True:
            try:
                chunk = await self._stream.__anext__()
            except StopAsyncIteration:
                check_finish(self._finish_reason)
                raise
            if self._check(chunk):
                return chunk

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.close()

    def _check(self, chunk: Any) -> bool:
        """Repair a chunk. Return False if nothing in it can be read."""
        if not isinstance(chunk, ChatCompletionChunk):
            log_skipped("chunk", type(chunk).__name__)
            return False
        if str(chunk.object) == "error":
            # vLLM puts an error into the stream in this form.
            raise IncompleteAnswer("The stream holds an error", str(getattr(chunk, "code", "")))
        if chunk.usage is not None:
            chunk.usage = _usage(chunk.usage)
        choices: object = chunk.choices
        if not isinstance(choices, list):
            chunk.choices = []
            return chunk.usage is not None
        for choice in chunk.choices:
            self._check_choice(choice)
        return True

    def _check_choice(self, choice: Choice) -> None:
        index: object = choice.index
        if index is None:
            choice.index = 0
        if choice.index != 0:
            return
        if choice.finish_reason:
            self._finish_reason = choice.finish_reason
        if choice.logprobs is not None:
            choice.logprobs = None
        delta: object = choice.delta
        if not isinstance(delta, ChoiceDelta):
            choice.delta = delta = ChoiceDelta()
        if delta.content is not None and type(delta.content) is not str:
            _split_content(delta)
        if delta.content:
            self._has_text = True
        if delta.tool_calls:
            for piece in delta.tool_calls:
                self._calls.number(piece)
        if delta.model_extra:
            _drop_unreadable(delta.model_extra)
        if self._annotations or (delta.model_extra and "annotations" in delta.model_extra):
            self._keep_annotations(delta)

    def _keep_annotations(self, delta: ChoiceDelta) -> None:
        """Hold annotations back until there is text: the SDK loses those that come before it."""
        assert delta.model_extra is not None
        own = delta.model_extra.pop("annotations", None)
        self._annotations += own if isinstance(own, list) else []
        if self._has_text:
            delta.model_extra["annotations"], self._annotations = self._annotations, []


def check_finish(reason: object) -> None:
    """Raise `IncompleteAnswer` unless the finish reason is that of a whole answer."""
    name = reason.lower() if isinstance(reason, str) else ""
    if name not in WHOLE:
        message = f"The answer ended with the finish reason {loggable_name(name)!r}"
        raise IncompleteAnswer(message, CODES.get(name, ""))


def check_completion(completion: ChatCompletion) -> None:
    """Repair an answer that came in one piece. Raise `IncompleteAnswer` if it was cut."""
    for choice in (completion.choices or [])[:1]:
        if choice.finish_reason:
            check_finish(choice.finish_reason)
        content: object = choice.message and choice.message.content
        if content is not None and not isinstance(content, str):
            choice.message.content, _ = _texts(content)


def _split_content(delta: ChoiceDelta) -> None:
    """Split content that is a list, as Mistral's reasoning models send texts and thoughts."""
    delta.content, thoughts = _texts(delta.content)
    if thoughts and delta.model_extra is not None:
        delta.model_extra["reasoning_content"] = thoughts


def _texts(content: object) -> tuple[str, str]:
    """Return the text and the thoughts in a list of content parts."""
    texts, thoughts = "", ""
    for part in content if isinstance(content, list) else [content]:
        match part:
            case {"type": "text", "text": str(text)}:
                texts += text
            case {"type": "thinking", "thinking": list(parts)}:
                thoughts += _texts(parts)[0]
            case {"type": "thinking", "thinking": str(text)}:
                thoughts += text
            case _:
                log_skipped("content", part.get("type") if isinstance(part, dict) else None)
    return texts, thoughts


def _drop_unreadable(extra: dict[str, Any]) -> None:
    for name in TEXTS:
        if not isinstance(extra.get(name), str | None):
            log_skipped("delta", name)
            del extra[name]


def _usage(usage: object) -> CompletionUsage | None:
    """Return the usage with 0 for each count that is not a number, or None for anything else."""
    if not isinstance(usage, CompletionUsage):
        log_skipped("chunk", "usage")
        return None
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        if not isinstance(getattr(usage, name), int):
            setattr(usage, name, 0)
    return usage
