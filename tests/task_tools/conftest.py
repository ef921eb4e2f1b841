"""The MCP function as Lambda calls it, with API Gateway's events."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from mangum import Mangum
from mcp.server.mcpserver import MCPServer

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import TOOL_TOKEN
from chatcore.ids import TimeOrderedIds
from mcp_api.auth import AcceptedLogin
from mcp_api.routes import calling, create_mcp_app
from task_tools.service import Tasks
from task_tools.table import TasksTable
from task_tools.tools import KEY, create_server

type Event = Callable[..., dict[str, Any]]
type Json = dict[str, Any]

ORIGIN = "http://127.0.0.1:8000"
ORIGINS = (ORIGIN, "https://*.preview.example.com")
MODERN = "2026-07-28"
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Clock:
    """Seconds since 1970, moved by the test; each look at it takes a second."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


class Function:
    """The MCP function of a test, called as one user or another."""

    def __init__(self, keys: Keys, event: Event, server: MCPServer[Any]) -> None:
        self._server = server
        self._keys = keys
        self._event = event
        self.login: AcceptedLogin | None = None

    def token(self, user: str, scope: str = "tasks") -> str:
        return TOOL_TOKEN.mint(self._keys.current(), user, scope=scope).token

    def send(self, event: Json) -> Json:
        # As the handler does: an application for each event.
        app = create_mcp_app(self._server, self._keys, allowed_origins=ORIGINS, login=self.login)
        context: Any = object()
        answer: Json = Mangum(app, lifespan="on")(event, context)
        return answer

    def ask(self, token: str, method: str, **params: Any) -> Json:
        """A request of the revision with a handshake; its result."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self.send(self._event("mcp-list-tools", token) | {"body": json.dumps(body)})
        result: Json = json.loads(answer["body"])["result"]
        return result

    def ask_modern(self, token: str, method: str, **params: Any) -> Json:
        """A request of the revision without one; the whole answer, its JSON read."""
        params["_meta"] = ENVELOPE | params.get("_meta", {})
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        event = self._event("mcp-list-tools", token) | {"body": json.dumps(body)}
        sent = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
        if "name" in params:
            sent["Mcp-Name"] = params["name"]
        event["headers"] |= sent
        event["multiValueHeaders"] |= {name: [value] for name, value in sent.items()}
        answer = self.send(event)
        return {"status": answer["statusCode"], **json.loads(answer["body"])}

    def tool(
        self,
        user: str,
        name: str,
        /,
        key: str | None = None,
        scope: str = "tasks",
        **arguments: Any,
    ) -> Json:
        """Call a tool; its result, `isError` among it."""
        params: Json = {"name": name, "arguments": arguments}
        if key is not None:
            params["_meta"] = {KEY: key}
        return self.ask(self.token(user, scope), "tools/call", **params)

    def done(self, user: str, name: str, /, **arguments: Any) -> Json:
        """What a call that must not fail answers."""
        result = self.tool(user, name, **arguments)
        assert not result["isError"], result
        # Said twice, for clients that read only texts.
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        told: Json = result["structuredContent"]
        return told

    def failed(self, user: str, name: str, /, **arguments: Any) -> str:
        """What is told of a call that must fail."""
        result = self.tool(user, name, **arguments)
        assert result["isError"], result
        text: str = result["content"][0]["text"]
        return text

    def titles(self, user: str) -> dict[str, str]:
        tasks = self.done(user, "list_tasks")["tasks"]
        return {task["title"]: task["status"] for task in tasks}


@pytest.fixture(scope="session")
def session_clock() -> Clock:
    return Clock()


@pytest.fixture
def clock(session_clock: Clock) -> Clock:
    session_clock.begin()
    return session_clock


@pytest.fixture(scope="session")
def session_tasks(session_clock: Clock) -> Tasks:
    client = boto3.client("dynamodb")
    return Tasks(TasksTable(lambda: client, "tasks"), TimeOrderedIds(), session_clock)


@pytest.fixture(scope="session")
def server(session_tasks: Tasks) -> MCPServer[Any]:
    """The same for all tests, each with a table of its own: making it takes long."""
    return create_server(session_tasks, calling)


@pytest.fixture
def tasks(create_table: Callable[[str], None], clock: Clock, session_tasks: Tasks) -> Tasks:
    create_table("tasks")
    return session_tasks


@pytest.fixture
def function(
    keys: Keys, event: Event, tasks: Tasks, server: MCPServer[Any], current_loop: None
) -> Function:
    return Function(keys, event, server)
