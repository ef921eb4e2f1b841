"""POST /mcp: the tool server behind a verified bearer token."""

from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chatcore.asgi import create_app
from chatcore.errors import Forbidden
from chatcore.keys import Keys
from chatcore.tokens import TOOL_TOKEN, bearer
from task_tools.tools import Call

SCOPE = "tasks"
MAX_BODY_BYTES = 4 * 1024 * 1024
USER = "task_tools.user"
# The tokens are bearer tokens, not cookies, so a rebound Host gains an attacker nothing.
ANY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)


def create_mcp_app(
    server: MCPServer[Any], keys: Keys, *, allowed_origins: tuple[str, ...]
) -> Starlette:
    """An ASGI application for one event: the SDK's session manager runs once in its life."""
    inner = server.streamable_http_app(
        stateless_http=True, json_response=True, transport_security=ANY_HOST
    )
    # Any other method is refused here: the SDK would hold a GET open until the function's timeout.
    route = Route("/mcp", Authenticated(inner, keys), methods=["POST"])
    lifespan = inner.router.lifespan_context
    return create_app(
        [route], allowed_origins=allowed_origins, max_body=MAX_BODY_BYTES, lifespan=lifespan
    )


class Authenticated:
    """Lets by only requests with a valid tool token, whose user it notes in the scope."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            token = bearer(Request(scope).headers.get("authorization"))
            claims = TOOL_TOKEN.verify(self._keys, token)
            if SCOPE not in claims["scope"].split():
                raise Forbidden("This token is not for the task tools.")
            scope[USER] = claims["sub"]
        await self._app(scope, receive, send)


def calling_user(call: Call) -> str:
    """The user whom `Authenticated` noted for the request of this call."""
    request = call.request_context.request
    assert isinstance(request, Request)
    user: str = request.scope[USER]
    return user
