"""The chat function over HTTP, with its events validated by ChatKit's own types."""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx2
from agents.testing import ModelCall, ScriptedModel
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET
from chatcore.gate.gate import Gate
from tests.event_order import EventOrder

EVENT = TypeAdapter[ThreadStreamEvent](ThreadStreamEvent)


def with_body_listener(app: ASGIApp, listener: Callable[[bytes], None]) -> ASGIApp:
    """Return the application with a listener that gets each body chunk after it is sent."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            await send(message)
            if body := message.get("body"):
                listener(body)

        await app(scope, receive, sending)

    return wrapped


class Chat:
    """The chat function over HTTP, for any user."""

    def __init__(self, app: ASGIApp, gate: Gate, keys: Keys, model: ScriptedModel) -> None:
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://test"
        )
        self._keys = keys
        self._users: set[str] = set()
        self.gate = gate
        self.model = model
        self.events = events

    @property
    def last_call(self) -> ModelCall:
        """Return the model's last call."""
        call = self.model.last_call
        assert call is not None
        return call

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

    async def ask(
        self,
        method: str,
        path: str,
        user: str = "alice",
        content: bytes = b"",
        **headers: str,
    ) -> httpx2.Response:
        """Send a request of the page that the ChatKit protocol does not have."""
        return await self._client.request(
            method, path, content=content, headers=self.headers(user) | headers
        )

    async def say(
        self, text: str, thread: str | None = None, user: str = "alice"
    ) -> list[dict[str, Any]]:
        """Send a message in a thread or a new one, and return the events of the answer."""
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
        """Return the type and text of each message that the widget shows."""
        return [
            (item["type"], "".join(part["text"] for part in item["content"]))
            for item in await self.shown(thread, user)
            if "content" in item
        ]

    async def shown(self, thread: str, user: str = "alice") -> list[dict[str, Any]]:
        """Return all items of a thread that the widget shows."""
        response = await self.send("items.list", user, thread_id=thread, order="asc")
        shown: list[dict[str, Any]] = response.json()["data"]
        return shown


def events(response: httpx2.Response, known: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the events of a complete answer, checked for their types and their order.

    `known` are items of earlier answers.
    """
    assert response.headers["content-type"].startswith("text/event-stream")
    chunks = response.text.removesuffix("\n\n").split("\n\n")
    # Comment lines keep a silent stream open.
    payloads = [chunk.removeprefix("data: ") for chunk in chunks if not chunk.startswith(":")]
    order = EventOrder(known)
    found = []
    for event in payloads:
        EVENT.validate_json(event)
        found.append(json.loads(event))
        order.follow(found[-1])
    order.end()
    return found
