"""A conversation whose parts are real, but for the model and AWS."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import httpx2
import pytest
from agents import Model, ModelProvider, RunConfig
from agents.testing import ScriptedModel
from fastapi import FastAPI
from mangum import Mangum

from chat_api.api import create_chat_app
from chat_api.context import ChatContext
from chat_api.lambda_transport import LambdaTransport
from chat_api.server import ConversationServer
from chat_api.store.bodies import Bodies
from chat_api.store.dynamo import DynamoStore
from chat_api.store.rows import DAY
from chat_api.store.table import Table
from chat_api.store.transcript import Transcript
from chat_api.tool_server import ToolServer
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from chatcore.ids import TimeOrderedIds
from chatcore.keys import Keys
from chatcore.tokens import CLIENT_SECRET
from task_tools.api import calling_user, create_mcp_app
from task_tools.tasks import Tasks
from task_tools.tools import create_server

RETENTION_DAYS = 30


class Clock:
    """Seconds since 1970, moved by the test."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


class ToolFunction:
    """Lambda's Invoke API in front of the MCP function, which a test may break."""

    def __init__(self, keys: Keys) -> None:
        client = boto3.client("dynamodb")
        self.tasks = Tasks(lambda: client, "tasks", TimeOrderedIds())
        self._server = create_server(self.tasks, calling_user)
        self._keys = keys
        # Lambda runs a function's events one after another in its own process and loop.
        self._process = ThreadPoolExecutor(1)
        self.broken = False
        self.invocations = 0

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.invocations += 1
        if self.broken:
            return {"Payload": io.BytesIO(b"{}"), "FunctionError": "Unhandled"}
        answer = self._process.submit(self._handle, json.loads(Payload)).result()
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


class Scripted(ModelProvider):
    """Provides one scripted model, whatever is asked for."""

    def __init__(self, model: ScriptedModel) -> None:
        self.model = model

    def get_model(self, model_name: str | None) -> Model:
        return self.model


class Chat:
    """The chat function over HTTP, as one user or another."""

    def __init__(self, app: FastAPI, gate: Gate, keys: Keys, model: ScriptedModel) -> None:
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://test"
        )
        self._keys = keys
        self._users: set[str] = set()
        self.gate = gate
        self.model = model

    def headers(self, user: str) -> dict[str, str]:
        if user not in self._users:
            self._users.add(user)
            self.gate.open_session(user, "s1", int(time.time()) + 600)
        token = CLIENT_SECRET.mint(self._keys.current(), user, sid="s1").token
        return {"authorization": f"Bearer {token}", "content-type": "application/json"}

    async def post(self, body: bytes, **headers: str) -> httpx2.Response:
        return await self._client.post("/chatkit", content=body, headers=headers)

    async def send(self, operation: str, user: str = "alice", **params: Any) -> httpx2.Response:
        body = json.dumps({"type": operation, "params": params}).encode()
        return await self.post(body, **self.headers(user))

    async def say(self, text: str, thread: str | None = None, user: str = "alice") -> Sequence[Any]:
        """Say something, in a thread or a new one; the events of the answer."""
        words = {"content": [{"type": "input_text", "text": text}], "attachments": []}
        params: dict[str, Any] = {"input": words | {"inference_options": {}}}
        if thread is None:
            response = await self.send("threads.create", user, **params)
        else:
            params["thread_id"] = thread
            response = await self.send("threads.add_user_message", user, **params)
        assert response.status_code == 200, response.text
        return events(response)

    async def items(self, thread: str, user: str = "alice") -> list[tuple[str, str]]:
        """What the widget shows of a thread: who said what."""
        response = await self.send("items.list", user, thread_id=thread, order="asc")
        return [
            (item["type"], "".join(part["text"] for part in item["content"]))
            for item in response.json()["data"]
        ]


def events(response: httpx2.Response) -> list[dict[str, Any]]:
    assert response.headers["content-type"].startswith("text/event-stream")
    chunks = response.text.removesuffix("\n\n").split("\n\n")
    return [json.loads(chunk.removeprefix("data: ")) for chunk in chunks]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context() -> ChatContext:
    return ChatContext(user="alice", session_id="s1", turn_id="turn_1")


@pytest.fixture
def requests() -> list[str]:
    """The store's requests of AWS so far, by operation."""
    return []


@pytest.fixture
def table(create_table: Callable[[str], None], requests: list[str]) -> Table:
    create_table("threads")
    client = boto3.client("dynamodb")
    client.meta.events.register("before-call", lambda model, **_: requests.append(model.name))
    return Table(lambda: client, "threads")


@pytest.fixture
def bodies(aws: None, requests: list[str]) -> Bodies:
    client = boto3.client("s3")
    client.create_bucket(
        Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    client.meta.events.register("before-call", lambda model, **_: requests.append(model.name))
    return Bodies(lambda: client, "files")


@pytest.fixture
def store(table: Table, bodies: Bodies, clock: Clock) -> DynamoStore:
    return DynamoStore(table, TimeOrderedIds(), bodies, retention_days=RETENTION_DAYS, now=clock)


@pytest.fixture
def transcript(table: Table, bodies: Bodies, clock: Clock) -> Transcript:
    return Transcript(table, bodies, retention_seconds=RETENTION_DAYS * DAY, now=clock)


@pytest.fixture
def tool_function(keys: Keys, create_table: Callable[[str], None]) -> Iterator[ToolFunction]:
    create_table("tasks")
    function = ToolFunction(keys)
    yield function
    function.close()


@pytest.fixture
def limits() -> Limits:
    """None; a test of limits has its own."""
    return Limits()


@pytest.fixture
def gate(create_table: Callable[[str], None], limits: Limits) -> Gate:
    create_table("sessions")
    client = boto3.client("dynamodb")
    return Gate(GateTable(lambda: client, "sessions"), limits)


@pytest.fixture
async def chat(
    store: DynamoStore, transcript: Transcript, tool_function: Any, gate: Gate, keys: Keys
) -> AsyncIterator[Chat]:
    """A chat that, whatever happened in it, leaves no task behind.

    On Lambda a task left behind holds the invocation until its deadline.
    """
    model = ScriptedModel()
    server = ConversationServer(
        store,
        transcript,
        ToolServer(lambda: LambdaTransport(lambda: tool_function, "McpFunction"), keys),
        RunConfig(model_provider=Scripted(model), tracing_disabled=True),
        model=None,
    )
    yield Chat(create_chat_app(server, gate, keys, allowed_origins=()), gate, keys, model)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
