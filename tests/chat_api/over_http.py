"""The chat function over HTTP, and its events as ChatKit's own types take them."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
from agents.testing import ScriptedModel
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET
from chatcore.gate.gate import Gate
from tests.event_order import EventOrder

EVENT = TypeAdapter[ThreadStreamEvent](ThreadStreamEvent)


def overheard(app: ASGIApp, hear: Callable[[bytes], None]) -> ASGIApp:
    """The application; `hear` gets each piece of a body as it is sent."""

    async def listened_to(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            await send(message)
            if body := message.get("body"):
                hear(body)

        await app(scope, receive, sending)

    return listened_to


class Chat:
    """The chat function over HTTP, as one user or another."""

    def __init__(self, app: ASGIApp, gate: Gate, keys: Keys, model: ScriptedModel) -> None:
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://test"
        )
        self._keys = keys
        self._users: set[str] = set()
        self.gate = gate
        self.model = model
        self.events = events

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
        """What the widget shows of a thread's messages: who said what."""
        return [
            (item["type"], "".join(part["text"] for part in item["content"]))
            for item in await self.shown(thread, user)
            if "content" in item
        ]

    async def shown(self, thread: str, user: str = "alice") -> list[dict[str, Any]]:
        """All items that the widget shows of a thread."""
        response = await self.send("items.list", user, thread_id=thread, order="asc")
        shown: list[dict[str, Any]] = response.json()["data"]
        return shown


def events(response: httpx2.Response) -> list[dict[str, Any]]:
    """The events of a whole answer, each of ChatKit's own types and all in order."""
    assert response.headers["content-type"].startswith("text/event-stream")
    chunks = response.text.removesuffix("\n\n").split("\n\n")
    # Comment lines keep a silent stream open.
    told = [chunk.removeprefix("data: ") for chunk in chunks if not chunk.startswith(":")]
    order = EventOrder()
    found = []
    for event in told:
        EVENT.validate_json(event)
        found.append(json.loads(event))
        order.follow(found[-1])
    order.end()
    return found
