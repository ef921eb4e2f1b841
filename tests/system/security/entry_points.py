"""Routes of each kind that check a token. An attack changes one part of a genuine request."""

from dataclasses import dataclass
from typing import Any

import httpx2
import jwt

from chatcore.auth.tokens import TOOL_TOKEN
from tests.system.e2e.service import Stack
from tests.system.security.jws import Jws
from tests.system.security.storage import Storage

DAY = 24 * 60 * 60
SENTENCE = "Authentication required. Please log in."
LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
# The latest revision of MCP with requests of this kind.
MCP = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}


@dataclass(frozen=True)
class EntryPoint:
    """A route, and a token of the user mallory that it accepts."""

    stack: Stack
    path: str
    genuine: Jws
    body: dict[str, Any]
    headers: dict[str, str]

    def ask(self, token: str | bytes) -> httpx2.Response:
        """Send the genuine request with another token."""
        written = token if isinstance(token, bytes) else token.encode()
        headers = {name.encode(): value.encode() for name, value in self.headers.items()}
        headers[b"authorization"] = b"Bearer " + written
        return self.stack.http.post(self.path, json=self.body, headers=headers)


def entry_points_of(stack: Stack, storage: Storage) -> dict[str, EntryPoint]:
    """Return a route of each kind that checks a token.

    "page" is what a page asks the chat function beside the ChatKit protocol.
    """
    http = stack.http
    identity = http.post("/local/token", json={"user": "mallory"}).json()["token"]
    secret = stack.user("mallory").headers["authorization"].removeprefix("Bearer ")
    tool = TOOL_TOKEN.mint(storage.key("ToolSecret"), "mallory", scope="tasks").token

    def entry_point(
        path: str, token: str, key: str, body: dict[str, Any], **headers: str
    ) -> EntryPoint:
        return EntryPoint(stack, path, _as_jws(token, storage.key(key).secret), body, headers)

    return {
        "session": entry_point("/api/chatkit/session", identity, "IdentitySecret", {}),
        "chatkit": entry_point(
            "/chatkit", secret, "SessionSecret", {"type": "threads.list", "params": {}}
        ),
        "page": entry_point("/chatkit/entities", secret, "SessionSecret", {"query": ""}),
        "mcp": entry_point("/mcp", tool, "ToolSecret", LIST_TOOLS, **MCP),
    }


def _as_jws(token: str, secret: str) -> Jws:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    # A long lifetime, so that no slow test outlives its token.
    return Jws(jwt.get_unverified_header(token), claims | {"exp": claims["iat"] + DAY}, secret)


def assert_refused(answer: httpx2.Response) -> None:
    """Assert that the service asks for a login, and gives no other reason."""
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    # MCP clients receive a JSON-RPC error.
    assert body.get("error", body)["message"] == SENTENCE
