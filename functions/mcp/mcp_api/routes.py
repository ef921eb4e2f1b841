"""POST /mcp: the tool server behind a verified bearer token."""

from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chatcore.auth.keys import Keys
from chatcore.errors import Forbidden
from chatcore.web.asgi import authorization_of, middleware
from chatcore.web.origins import Origins
from mcp_api.auth import AcceptedLogin, Caller, Callers
from mcp_api.discovery import ANNOUNCED, PATH, metadata_routes
from mcp_api.json_rpc import failure, refused_by_starlette
from mcp_api.media_types import settle_media_types
from mcp_api.request_bounds import bounded
from task_tools.tools import ToolContext

MAX_BODY_BYTES = 4 * 1024 * 1024
CALLER = "task_tools.caller"
# API Gateway routes by the host, which no list here could know; the origin is checked below.
ANY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)


def create_mcp_app(
    server: MCPServer[Any],
    keys: Keys,
    *,
    allowed_origins: tuple[str, ...],
    login: AcceptedLogin | None = None,
) -> Starlette:
    """An ASGI application for one event: the SDK's session manager runs once in its life.

    With a `login` its tokens are taken too, and announced to clients.
    """
    inner = server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=ANY_HOST,
        max_request_body_size=MAX_BODY_BYTES,
    )
    guarded = Guarded(inner, Callers(keys, login), allowed_origins, announced=login is not None)
    # Any other method is refused here: the SDK would hold a GET open until the function's timeout.
    routes = [Route(PATH, guarded, methods=["POST"])]
    if login is not None:
        routes += metadata_routes(login)
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: refused_by_starlette},
        middleware=middleware(allowed_origins, MAX_BODY_BYTES, failure=failure),
        lifespan=inner.router.lifespan_context,
    )
    # A redirect would name an address without the stage of API Gateway's own.
    app.router.redirect_slashes = False
    return app


class Guarded:
    """Lets by only requests with a valid token, whose caller it notes in the scope."""

    def __init__(
        self, app: ASGIApp, callers: Callers, allowed_origins: tuple[str, ...], *, announced: bool
    ) -> None:
        self._app = app
        self._callers = callers
        self._allowed_origins = Origins(allowed_origins)
        self._announced = announced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ANNOUNCED] = self._announced
        request = Request(scope)
        # Only pages send one. MCP asks servers to check it, against DNS rebinding.
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._allowed_origins:
            raise Forbidden("This page may not call the tools: its origin is not an allowed one.")
        scope[CALLER] = self._callers.of(authorization_of(request))
        settle_media_types(scope)
        await self._app(scope, await bounded(receive), send)


def calling(call: ToolContext) -> Caller:
    """The caller whom `Guarded` noted for the request of this call."""
    request = call.request_context.request
    assert isinstance(request, Request)
    caller: Caller = request.scope[CALLER]
    return caller
