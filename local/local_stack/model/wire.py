"""The parts that both wire formats share: content, functions, and pairs of call and result."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from local_stack.model.conversation import Entry, Reply, Tool, ToolCall, ToolResult
from local_stack.model.errors import BAD_JSON, ApiError, invalid_field


class Part(BaseModel):
    """A content part; only text is read, images and files are ignored."""

    type: str
    text: str | None = None


class Function(BaseModel):
    """A function that the request offers."""

    name: str
    parameters: dict[str, Any] | None = None

    def tool(self) -> Tool:
        return Tool(self.name, self.parameters or {})


type Content = str | list[Part] | None


def text_of(content: Content) -> str:
    if isinstance(content, list):
        return "\n".join(part.text for part in content if part.text)
    return content or ""


async def read_body[Body: BaseModel](request: Request, body: type[Body]) -> tuple[Body, Any]:
    """Return the validated request, and the JSON as sent. Raise ApiError (400)."""
    try:
        sent = await request.json()
    except ValueError as error:
        raise ApiError(BAD_JSON) from error
    try:
        return body.model_validate(sent), sent
    except ValidationError as error:
        raise invalid_field(error.errors()) from error


def refuse(violations: list[str]) -> None:
    """Raise ApiError (400) with these violations, if there are any."""
    if violations:
        raise ApiError(f"Invalid request: {'; '.join(violations)}.", code="invalid_value")


def unpaired(entries: Iterable[Entry]) -> tuple[list[str], list[str]]:
    """Return the ids of calls without a later result, and of results without an earlier call."""
    pending: list[str] = []
    orphans: list[str] = []
    for entry in entries:
        if isinstance(entry, ToolCall):
            pending.append(entry.call_id)
        elif isinstance(entry, ToolResult):
            (pending.remove if entry.call_id in pending else orphans.append)(entry.call_id)
    return pending, orphans


def within(reply: Reply, parallel_tool_calls: bool | None) -> Reply:
    """Return the reply, with only its first call if the request forbids parallel calls."""
    return replace(reply, calls=reply.calls[:1]) if parallel_tool_calls is False else reply
