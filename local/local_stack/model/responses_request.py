"""The body of a request to `POST /v1/responses`.

Fields as in https://platform.openai.com/docs/api-reference/responses/create.
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


class InputItem(BaseModel):
    """Any input item: a message, whose type may be missing, a call, a result, or another."""

    type: str = "message"
    role: Literal["user", "assistant", "system", "developer"] | None = None
    content: Content = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: Content = None


class OfferedTool(BaseModel):
    type: str


class OfferedFunction(Function):
    type: Literal["function"]


class ResponsesRequest(BaseModel):
    model: str
    input: str | list[InputItem]
    instructions: str | None = None
    tools: list[OfferedFunction | OfferedTool] | None = None
    tool_choice: str | dict[str, object] | None = None
    parallel_tool_calls: bool | None = None
    previous_response_id: str | None = None
    stream: bool | None = None


def conversation_of(request: ResponsesRequest, today: date) -> Conversation:
    """Return what the request shows the model. Raise ApiError for input that OpenAI refuses."""
    if request.previous_response_id:
        raise ApiError(
            f"Previous response with id '{request.previous_response_id}' not found.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    given = request.input
    items = [InputItem(role="user", content=given)] if isinstance(given, str) else given
    system = [text_of(item.content) for item in items if item.role in ("system", "developer")]
    entries = tuple(_entries(items))
    _check_pairs(entries)
    offered = request.tools if request.tools and request.tool_choice != "none" else []
    return Conversation(
        entries=entries,
        today=today,
        instructions="\n".join([request.instructions or "", *system]),
        tools=tuple(tool.tool() for tool in offered if isinstance(tool, OfferedFunction)),
        hosted=frozenset(tool.type for tool in offered if not isinstance(tool, OfferedFunction)),
    )


def _entries(items: list[InputItem]) -> Iterator[Entry]:
    for item in items:
        match item.type, item.role:
            case "message", "user":
                yield UserMessage(text_of(item.content))
            case "message", "assistant":
                yield AssistantMessage(text_of(item.content))
            case "function_call", _:
                yield ToolCall(item.call_id, item.name, item.arguments)
            case "function_call_output", _:
                yield ToolResult(item.call_id, _output(item.output))


def _output(output: Content) -> object:
    return [part.model_dump() for part in output] if isinstance(output, list) else output


def _check_pairs(entries: tuple[Entry, ...]) -> None:
    unanswered, orphans = unpaired(entries)
    if orphans:
        raise ApiError(
            f"No tool call found for function call output with call_id {orphans[0]}.", param="input"
        )
    if unanswered:
        raise ApiError(f"No tool output found for function call {unanswered[0]}.", param="input")
