"""Small tool servers: one with in-memory notes, and one with a single tool of the test."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from chatcore.auth.keys import Keys
from mcp_api.server import McpServer
from mcp_api.tool import Tool
from mcp_api.tool_request import ToolRequest
from mcp_api.tool_server import ToolServer
from tests.unit.mcp_api.function import Event, Function
from tests.unit.mcp_api.login import authorization_server

type Offer = Callable[..., Function]


class Notes(BaseModel):
    notes: list[str]


def notes_server() -> ToolServer:
    kept = defaultdict[str, list[str]](list)

    def list_notes(request: ToolRequest) -> Notes:
        """Show the user's notes."""
        return Notes(notes=kept[request.user])

    def add_note(request: ToolRequest, text: str) -> Notes:
        """Add a note."""
        kept[request.user].append(text)
        return Notes(notes=kept[request.user])

    return ToolServer(
        name="notebook",
        title="Notes",
        instructions="The user's notes.",
        scope="notes",
        tools=[
            Tool(
                list_notes,
                "List the notes",
                read_only=True,
                destructive=False,
                idempotent=True,
                open_world=False,
            ),
            Tool(
                add_note,
                "Add a note",
                read_only=False,
                destructive=False,
                idempotent=False,
                open_world=False,
            ),
        ],
    )


@pytest.fixture
def function(keys: Keys, event: Event, current_loop: None) -> Function:
    return Function(keys, event, McpServer(notes_server()))


@pytest.fixture
def public_function(function: Function) -> Function:
    """Return the function, which also accepts the login's tokens."""
    function.login = authorization_server()
    return function


@pytest.fixture
def offer(keys: Keys, event: Event, current_loop: None) -> Offer:
    """Return a function that serves a Python function as the only tool."""

    def offer(function: Callable[..., Any], *, read_only: bool = False) -> Function:
        tool = Tool(
            function,
            "Do something",
            read_only=read_only,
            destructive=not read_only,
            idempotent=False,
            open_world=True,
        )
        server = ToolServer("x", "X", "Tools of a test.", scope="x", tools=[tool])
        return Function(keys, event, McpServer(server))

    return offer


class Wiped(BaseModel):
    count: int


class Wiping:
    """A destructive tool that counts how often it runs."""

    def __init__(self) -> None:
        self.runs = 0

    def wipe(self, request: ToolRequest, count: int) -> Wiped:
        """Wipe this many."""
        self.runs += 1
        return Wiped(count=count)
