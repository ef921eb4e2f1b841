"""How a client learns where to sign in: protected resource metadata (RFC 9728).

Clients look at the root of the host, so only a custom domain that is mapped at its root can serve
it. Behind a stage (…/v1/mcp) nothing is announced, and the client is configured with a token.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from chatcore.errors import NotFound
from mcp_api.auth import AuthorizationServer, Scopes

PATH = "/mcp"
WELL_KNOWN = "/.well-known/oauth-protected-resource"
# RFC 9728 section 3.1 appends the resource's path. Some clients request the address without it.
METADATA_PATHS = (WELL_KNOWN + PATH, WELL_KNOWN)
# The key, in a request's ASGI scope, of the OAuth scope that a refused client should request. The
# value is None where clients cannot sign in.
ANNOUNCED_SCOPE = "mcp_api.announced_scope"


def metadata_routes(login: AuthorizationServer, title: str, scopes: Scopes) -> list[Route]:
    """Return routes for the resource's metadata, at each address where clients look for it."""

    async def metadata(request: Request) -> Response:
        address = _address(request.scope, request.url.path)
        if address is None:
            raise NotFound("There is nothing at this address.")
        return JSONResponse(
            {
                "resource": address + PATH,
                "resource_name": title,
                "authorization_servers": [login.issuer],
                "scopes_supported": [scopes.write, scopes.read],
                "bearer_methods_supported": ["header"],
            }
        )

    return [Route(path, metadata, methods=["GET"]) for path in METADATA_PATHS]


def with_metadata(headers: Mapping[str, str], scope: Scope) -> dict[str, str]:
    """Return a refusal's headers, with the metadata's address in the challenge if there is one."""
    announced: str | None = scope.get(ANNOUNCED_SCOPE)
    address = _address(scope, PATH) if announced else None
    challenge = headers.get("WWW-Authenticate")
    if address is None or challenge is None:
        return dict(headers)
    separator = "," if " " in challenge else ""
    challenge += f'{separator} resource_metadata="{address}{METADATA_PATHS[0]}"'
    if "scope=" not in challenge:
        challenge += f', scope="{announced}"'
    return {**headers, "WWW-Authenticate": challenge}


def _address(scope: Scope, path: str) -> str | None:
    """Return the root of the host that the client addressed, or None if a stage precedes the path.

    The host comes from the event, because a template cannot pass an API's host to a function that
    the API calls.
    """
    event: dict[str, Any] = scope.get("aws.event", {})
    context = event.get("requestContext", {})
    host = context.get("domainName")
    return f"{scope['scheme']}://{host}" if host and context.get("path") == path else None
