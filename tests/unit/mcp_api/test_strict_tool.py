"""A tool as a client sees it: who may call it, what it receives and what it returns."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import pytest
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.utilities.types import Image
from mcp.shared.exceptions import MCPError
from pydantic import Field

from mcp_api.tool_request import ToolRequest
from tests.unit.mcp_api.conftest import Offer, Wiped, Wiping


def test_a_destructive_tool_is_refused_under_a_read_only_token(offer: Offer) -> None:
    wiping = Wiping()
    function = offer(wiping.wipe)
    refused = function.failed("alice", "wipe", scope="x:read", count=3)
    assert refused == (
        "This token may only read. Nothing was changed."
        ' Sign in again with the scope "x" to make changes.'
    )
    assert wiping.runs == 0
    assert function.done("alice", "wipe", count=3) == {"count": 3}


def test_a_read_only_tool_is_called_under_a_read_only_token(offer: Offer) -> None:
    wiping = Wiping()
    function = offer(wiping.wipe, read_only=True)
    assert function.done("alice", "wipe", scope="x:read", count=3) == {"count": 3}


def test_the_scope_is_checked_before_the_arguments(offer: Offer) -> None:
    wiping = Wiping()
    assert "may only read" in offer(wiping.wipe).failed("alice", "wipe", scope="x:read", count="3")


async def _async_count(request: ToolRequest) -> int:
    """Count."""
    return len(request.user)


def _texts() -> list[str]:
    """List texts."""
    return ["a", "b"]


def _nothing() -> None:
    """Do something."""


def _counts() -> Annotated[list[int], Field(description="Counts.", examples=[[1]])]:
    """Count."""
    return [1]


def _text() -> str:
    """Say something."""
    return "hello"


@pytest.mark.parametrize(
    ("function", "structured", "texts"),
    [
        (_async_count, 5, ["5"]),
        (_texts, ["a", "b"], ["a", "b"]),
        (_counts, [1], ["1"]),
        (_nothing, None, []),
        (_text, "hello", ["hello"]),
    ],
)
def test_a_result_is_structured_and_text(
    offer: Offer, function: Any, structured: Any, texts: list[str]
) -> None:
    result = offer(function).tool("alice", function.__name__)
    assert result["structuredContent"] == {"result": structured}
    assert [each["text"] for each in result["content"]] == texts


@dataclass
class Size:
    width: int


class Shape(TypedDict):
    width: int


@pytest.mark.parametrize(
    ("kind", "returned"),
    [
        (Wiped, Wiped(count=1)),
        (Size, Size(1)),
        (Shape, {"width": 1}),
        (dict[str, int], {"width": 1}),
    ],
)
def test_a_result_with_members_is_structured_unchanged(
    offer: Offer, kind: Any, returned: Any
) -> None:
    def measure() -> Any:
        """Measure."""
        return returned

    measure.__annotations__["return"] = kind
    [value] = offer(measure).done("alice", "measure").values()
    assert value == 1


@pytest.mark.parametrize("kind", [Image, list[Image | str]])
def test_a_tool_may_return_an_image(offer: Offer, kind: Any) -> None:
    def draw() -> Any:
        """Draw."""
        image = Image(data=b"png", format="png")
        return image if kind is Image else [image, "a drawing"]

    draw.__annotations__["return"] = kind
    result = offer(draw).tool("alice", "draw")
    assert result["content"][0]["mimeType"] == "image/png"
    assert "structuredContent" not in result


class Unplugged(ToolError):
    """A failure that the team expects."""


def test_the_model_reads_the_message_of_a_tool_error(
    offer: Offer, logged: list[dict[str, Any]]
) -> None:
    def print_it() -> bool:
        """Print."""
        raise Unplugged("The printer is off. Ask the user to turn it on.")

    function = offer(print_it)
    answer = function.failed("alice", "print_it")
    assert answer == "The printer is off. Ask the user to turn it on."
    assert logged == []


@pytest.mark.parametrize(
    "error",
    [KeyError("hunter2"), TimeoutError("hunter2"), MCPError(code=-32603, message="hunter2")],
)
def test_an_unexpected_error_is_hidden_from_the_model_and_logged_with_its_location(
    offer: Offer, logged: list[dict[str, Any]], error: Exception
) -> None:
    def break_it() -> bool:
        """Break."""
        raise error

    result = offer(break_it).tool("alice", "break_it")
    assert result["content"][0]["text"] == (
        "break_it failed because of a fault in the service. It is not known whether anything was"
        " changed. Do not repeat the call; tell the user that it did not work."
    )
    [line] = logged
    assert "hunter2" not in json.dumps([result, logged])
    assert (line["message"], line["tool"]) == ("tool_failed", "break_it")
    assert line["error"] == type(error).__name__
    assert line["raised_at"][-1].endswith("break_it")


def test_a_failed_read_only_tool_does_not_claim_that_anything_changed(offer: Offer) -> None:
    async def look() -> bool:
        """Look."""
        raise OSError

    assert "changed" not in offer(look, read_only=True).failed("alice", "look")


@pytest.mark.parametrize(
    ("kind", "returned"),
    [(int, "three"), (Wiped, {"count": "hunter2"}), (list[str], None), (Image, "hunter2")],
)
def test_a_result_that_does_not_match_its_type_is_a_failure(
    offer: Offer, logged: list[dict[str, Any]], kind: Any, returned: Any
) -> None:
    def return_wrong_type() -> Any:
        """Return a wrong type."""
        return returned

    return_wrong_type.__annotations__["return"] = kind
    answer = offer(return_wrong_type).failed("alice", "return_wrong_type")
    assert answer.startswith("return_wrong_type failed because of a fault in the service.")
    assert [line["error"] for line in logged] == ["ValidationError"]
    assert "hunter2" not in answer + json.dumps(logged)


def test_a_tool_receives_the_verified_user_and_the_calls_key(offer: Offer) -> None:
    def show_request(request: ToolRequest) -> list[str | None]:
        """Show the request."""
        return [request.user, request.idempotency_key]

    function = offer(show_request)
    for key in ("k1", None):
        result = function.tool("alice", "show_request", key=key)
        assert result["structuredContent"] == {"result": ["alice", key]}


@pytest.mark.parametrize("key", ["", "x" * 257, 7, ["k"]])
def test_an_invalid_idempotency_key_fails_only_tools_that_use_it(offer: Offer, key: Any) -> None:
    def show_request(request: ToolRequest, ask: bool) -> str | None:
        """Show the request."""
        return request.idempotency_key if ask else None

    function = offer(show_request)
    assert not function.tool("alice", "show_request", key=key, ask=False)["isError"]
    assert "1 to 256 characters" in function.failed("alice", "show_request", key=key, ask=True)
