"""POST /mcp: the tool server behind a verified bearer token."""

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
from mcp_api.auth import CALLER, AuthorizationServer, CallerVerifier
from mcp_api.discovery import ANNOUNCED_SCOPE, PATH, metadata_routes
from mcp_api.json_rpc import failure, refused_by_starlette
from mcp_api.media_types import normalize_media_types
from mcp_api.request_bounds import with_bounded_names
from mcp_api.server import McpServer

MAX_BODY_BYTES = 4 * 1024 * 1024
# API Gateway serves only its own hosts, which no list here could name. `McpEndpoint` checks the
# origin.
ANY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)


def create_mcp_app(
    server: McpServer,
    keys: Keys,
    *,
    allowed_origins: tuple[str, ...],
    login: AuthorizationServer | None = None,
) -> Starlette:
    """Return an ASGI application for one event, because the SDK's session manager runs only once.

    With a `login`, its tokens are also accepted, and clients learn that they may sign in there.
    """
    sdk_app = server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=ANY_HOST,
        max_request_body_size=MAX_BODY_BYTES,
    )
    scopes = server.tool_server.scopes
    endpoint = McpEndpoint(
        sdk_app,
        CallerVerifier(keys, scopes, login),
        Origins(allowed_origins),
        announced_scope=scopes.write if login is not None else None,
    )
    # Any other method is refused here: the SDK would hold a GET open until the function's timeout.
    routes = [Route(PATH, endpoint, methods=["POST"])]
    if login is not None:
        routes += metadata_routes(login, server.tool_server.title, scopes)
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: refused_by_starlette},
        middleware=middleware(allowed_origins, MAX_BODY_BYTES, failure=failure),
        lifespan=sdk_app.router.lifespan_context,
    )
    # A redirect would lack the stage in the path of API Gateway's own URL.
    app.router.redirect_slashes = False
    return app


class McpEndpoint:
    """Passes on requests with a valid token, and puts the token's caller into the ASGI scope."""

    def __init__(
        self,
        app: ASGIApp,
        verifier: CallerVerifier,
        allowed_origins: Origins,
        *,
        announced_scope: str | None,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._allowed_origins = allowed_origins
        self._announced_scope = announced_scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ANNOUNCED_SCOPE] = self._announced_scope
        request = Request(scope)
        # Only pages send an Origin. MCP asks servers to check it, to prevent DNS rebinding.
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._allowed_origins:
            raise Forbidden("This page may not call the tools: its origin is not allowed.")
        scope[CALLER] = self._verifier.verify(authorization_of(request))
        normalize_media_types(scope)
        await self._app(scope, await with_bounded_names(receive), send)
