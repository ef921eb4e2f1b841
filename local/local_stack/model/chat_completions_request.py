"""The body of a request to `POST /v1/chat/completions`.

Fields as in https://platform.openai.com/docs/api-reference/chat/create.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import BaseModel

from local_stack.model.conversation import (
    AssistantMessage,
    Conversation,
    Entry,
    ToolCall,
    ToolResult,
    UserMessage,
)
from local_stack.model.errors import ApiError
from local_stack.model.wire import Content, Function, text_of, unpaired


class CalledFunction(BaseModel):
    name: str
    arguments: str


class MadeCall(BaseModel):
    id: str
    function: CalledFunction


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Content = None
    tool_calls: list[MadeCall] | None = None
    tool_call_id: str = ""


class OfferedTool(BaseModel):
    type: Literal["function"]
    function: Function


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class ChatCompletionsRequest(BaseModel):
    model: str
    messages: list[Message]
    tools: list[OfferedTool] | None = None
    tool_choice: str | dict[str, object] | None = None
    parallel_tool_calls: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None


def conversation_of(request: ChatCompletionsRequest, today: date) -> Conversation:
    """Return what the request shows the model. Raise ApiError for messages that OpenAI refuses."""
    system = (m for m in request.messages if m.role in ("system", "developer"))
    entries = tuple(_entries(request.messages))
    _check_pairs(entries)
    offered = request.tools if request.tools and request.tool_choice != "none" else []
    return Conversation(
        entries=entries,
        today=today,
        instructions="\n".join(text_of(message.content) for message in system),
        tools=tuple(tool.function.tool() for tool in offered),
    )


def _entries(messages: list[Message]) -> Iterator[Entry]:
    for message in messages:
        match message.role:
            case "user":
                yield UserMessage(text_of(message.content))
            case "tool":
                yield ToolResult(message.tool_call_id, _output(message.content))
            case "assistant":
                if message.content:
                    yield AssistantMessage(text_of(message.content))
                for call in message.tool_calls or []:
                    yield ToolCall(call.id, call.function.name, call.function.arguments)


def _output(content: Content) -> object:
    return [part.model_dump() for part in content] if isinstance(content, list) else content


def _check_pairs(entries: tuple[Entry, ...]) -> None:
    unanswered, orphans = unpaired(entries)
    if orphans:
        raise ApiError(
            "Invalid parameter: messages with role 'tool' must be a response to a preceding"
            " message with 'tool_calls'.",
            param="messages",
        )
    if unanswered:
        raise ApiError(
            "An assistant message with 'tool_calls' must be followed by tool messages responding"
            " to each 'tool_call_id'. The following tool_call_ids did not have response messages:"
            f" {', '.join(unanswered)}",
            param="messages",
        )
