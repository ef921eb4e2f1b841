"""Every response of the chat function has a body: a streamed empty one is known to hang.

https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/95
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import boto3
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Message

from chat_api.api.body_size import MAX_BODY_BYTES
from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chatcore.auth.keys import Keys
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from tests.unit.chat_api.over_http import Chat

ORIGIN = "https://app.example.com"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
# The gateway forwards /chatkit only. The other paths show that every response has a body.
PATHS = ["/chatkit", "/chatkit/", "/chatkit/more", "/", "/docs", "/openapi.json"]
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "x-a"}
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
REFUSED = [
    (400, b""),
    (400, b"{"),
    (400, b'{"type": "threads.unknown"}'),
    (404, b'{"type": "threads.get_by_id", "params": {"thread_id": "thr_none"}}'),
    (413, b"x" * (MAX_BODY_BYTES + 1)),
]


@dataclass
class Answer:
    status: int = 0
    body: bytes = b""


@pytest.fixture
def app(server: ConversationServer, gate: Gate, keys: Keys) -> FastAPI:
    return create_chat_app(server, gate, keys, allowed_origins=(ORIGIN,))


async def ask(
    app: FastAPI, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = NO_HEADERS
) -> Answer:
    """Return what the application sends to the runtime, which keeps the body of a HEAD response."""
    answer = Answer()
    sent = {"host": "api.example.com", "origin": ORIGIN, **headers}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "scheme": "https",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answer.status = message.get("status", answer.status)
        answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer


def test_function_has_only_the_chatkit_route_and_those_of_the_page(app: FastAPI) -> None:
    routes = {route.path: route.methods for route in app.routes if isinstance(route, APIRoute)}
    assert len(routes) == len(app.routes)
    assert routes == {
        "/chatkit": {"POST"},
        "/chatkit/offers": {"GET"},
        "/chatkit/entities": {"POST"},
        "/chatkit/entities/preview": {"POST"},
    }


async def test_every_refused_method_and_path_has_a_body(app: FastAPI) -> None:
    for method in METHODS:
        for path in PATHS:
            answer = await ask(app, method, path)
            wrong = 405 if path == "/chatkit" else 404
            assert answer.status == (401 if (method, path) == ("POST", "/chatkit") else wrong)
            assert json.loads(answer.body)["message"]


async def test_preflight_that_reaches_the_function_has_a_body(app: FastAPI) -> None:
    for origin in (ORIGIN, "https://evil.example.com"):
        assert (await ask(app, "OPTIONS", "/chatkit", headers=PREFLIGHT | {"origin": origin})).body


async def test_every_refused_request_has_a_body(app: FastAPI, chat: Chat) -> None:
    for status, body in REFUSED:
        answer = await ask(app, "POST", "/chatkit", body, chat.headers("alice"))
        assert answer.status == status
        assert json.loads(answer.body)["message"]


async def test_unexpected_exception_has_a_body(
    server: ConversationServer, keys: Keys, chat: Chat
) -> None:
    class BrokenGate(Gate):
        def check(self, caller: Requester) -> None:
            raise ZeroDivisionError

    gate = BrokenGate(GateTable(lambda: boto3.client("dynamodb"), "sessions"), Limits())
    app = create_chat_app(server, gate, keys, allowed_origins=(ORIGIN,))
    body = b'{"type": "threads.list", "params": {}}'
    answer = await ask(app, "POST", "/chatkit", body, chat.headers("alice"))
    assert answer.status == 500
    assert json.loads(answer.body)["code"] == "internal"
