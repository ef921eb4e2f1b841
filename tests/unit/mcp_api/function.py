"""The MCP function as Lambda calls it, with API Gateway's events."""

import json
from collections.abc import Callable
from typing import Any

from mangum import Mangum

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import TOOL_TOKEN
from mcp_api.auth import AuthorizationServer
from mcp_api.routes import create_mcp_app
from mcp_api.server import McpServer
from mcp_api.tool_request import IDEMPOTENCY_KEY

type Event = Callable[..., dict[str, Any]]
type Json = dict[str, Any]

ORIGIN = "http://127.0.0.1:8000"
ORIGINS = (ORIGIN, "https://*.preview.example.com")
MODERN = "2026-07-28"
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Function:
    """The MCP function of a test, which any user can call."""

    def __init__(self, keys: Keys, event: Event, server: McpServer) -> None:
        self._server = server
        self._keys = keys
        self._event = event
        self.login: AuthorizationServer | None = None

    def token(self, user: str, scope: str | None = None) -> str:
        held = self._server.tool_server.scope if scope is None else scope
        return TOOL_TOKEN.mint(self._keys.current(), user, scope=held).token

    def send(self, event: Json) -> Json:
        # Like the handler, create an application for each event.
        app = create_mcp_app(self._server, self._keys, allowed_origins=ORIGINS, login=self.login)
        context: Any = object()
        answer: Json = Mangum(app, lifespan="on")(event, context)
        return answer

    def ask(self, token: str, method: str, **params: Any) -> Json:
        """Return the result of a request in the revision with a handshake."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self.send(self._event("mcp-list-tools", token) | {"body": json.dumps(body)})
        result: Json = json.loads(answer["body"])["result"]
        return result

    def ask_modern(self, token: str, method: str, **params: Any) -> Json:
        """Return the status and body of a request in the revision without a handshake."""
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

    def listed(self) -> dict[str, Json]:
        """Return the offered tools by name."""
        tools = self.ask(self.token("alice"), "tools/list")["tools"]
        return {tool["name"]: tool for tool in tools}

    def tool(
        self,
        user: str,
        name: str,
        /,
        key: str | None = None,
        scope: str | None = None,
        **arguments: Any,
    ) -> Json:
        """Call a tool. Return its result, `isError` included."""
        params: Json = {"name": name, "arguments": arguments}
        if key is not None:
            params["_meta"] = {IDEMPOTENCY_KEY: key}
        return self.ask(self.token(user, scope), "tools/call", **params)

    def done(self, user: str, name: str, /, **arguments: Any) -> Json:
        """Return the structured result of a call that must succeed."""
        result = self.tool(user, name, **arguments)
        assert not result["isError"], result
        # Repeated as text, for clients that read only texts.
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        structured: Json = result["structuredContent"]
        return structured

    def failed(self, user: str, name: str, /, **arguments: Any) -> str:
        """Return the error message of a call that must fail."""
        result = self.tool(user, name, **arguments)
        assert result["isError"], result
        text: str = result["content"][0]["text"]
        return text
