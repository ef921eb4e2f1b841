"""The MCP function behind Lambda's Invoke API, in the process of the tests."""

import asyncio
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.exceptions import ReadTimeoutError
from mangum import Mangum

from chatcore.auth.keys import Keys
from chatcore.ids import TimeOrderedIds
from mcp_api.routes import create_mcp_app
from mcp_api.server import McpServer
from mcp_api.tool_request import IDEMPOTENCY_KEY
from task_tools.models import TaskFilter
from task_tools.server import task_server
from task_tools.service import Tasks
from task_tools.table import TasksTable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@cache
def tasks_and_server() -> tuple[Tasks, McpServer]:
    """Return one pair for all tests, because creating it is slow. Each test has its own table."""
    client = boto3.client("dynamodb")
    tasks = Tasks(TasksTable(lambda: client, "tasks"), TimeOrderedIds())
    return tasks, McpServer(task_server(tasks))


class ToolFunction:
    """Lambda's Invoke API in front of an MCP function that a test can break."""

    def __init__(self, keys: Keys) -> None:
        self.tasks, self._server = tasks_and_server()
        self._keys = keys
        # Lambda runs a function's events one at a time in its own process and loop.
        self._process = ThreadPoolExecutor(1)
        self.broken = False
        # The tools whose calls fail, whose responses are lost and whose responses are garbled.
        self.breaks_at = ""
        self.loses = ""
        self.garbles = ""
        # The tools called so far, with their idempotency keys.
        self.calls: list[str] = []
        self.keys: list[str | None] = []
        # Called before each invocation.
        self.before: Callable[[], None] = lambda: None
        self.invocations = 0

    @property
    def client(self) -> "LambdaClient":
        """Return this fake as the type that it stands in for."""
        return cast("LambdaClient", self)

    def titles(self, user: str) -> list[str]:
        return [task.title for task in self.tasks.page(user, TaskFilter()).tasks]

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.invocations += 1
        self.before()
        request = json.loads(json.loads(Payload)["body"] or "{}")
        tool = request["params"]["name"] if request.get("method") == "tools/call" else None
        if tool:
            self.calls.append(tool)
            self.keys.append(request["params"].get("_meta", {}).get(IDEMPOTENCY_KEY))
        if self.broken or tool == self.breaks_at != "":
            return {"Payload": io.BytesIO(b"{}"), "FunctionError": "Unhandled"}
        answer = self._process.submit(self._handle, json.loads(Payload)).result()
        if tool == self.loses != "":
            raise ReadTimeoutError(endpoint_url="http://lambda")
        if tool == self.garbles != "":
            body = json.loads(answer["body"])
            answer["body"] = json.dumps(body | {"result": body["result"] | {"content": 7}})
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def _handle(self, event: dict[str, Any]) -> Any:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            app = create_mcp_app(self._server, self._keys, allowed_origins=())
            context: Any = object()
            return Mangum(app, lifespan="on")(event, context)
        finally:
            loop.close()

    def close(self) -> None:
        self._process.shutdown()
