"""How a client finds out where to sign in: protected resource metadata (RFC 9728).

It looks at the root of the host, so only a custom domain that is mapped at its root can serve it;
behind a stage (…/v1/mcp) nothing is announced, and the client is given a token by hand.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from chatcore.errors import NotFound
from mcp_api.auth import SCOPES, WRITE, AcceptedLogin

PATH = "/mcp"
WELL_KNOWN = "/.well-known/oauth-protected-resource"
# RFC 9728 section 3.1: the resource's own path follows. Some clients ask without it.
METADATA_PATHS = (WELL_KNOWN + PATH, WELL_KNOWN)
ANNOUNCED = "task_tools.announced"


def metadata_routes(login: AcceptedLogin) -> list[Route]:
    """The metadata of the resource, at the addresses where clients look for it."""

    async def metadata(request: Request) -> Response:
        address = _address(request.scope, request.url.path)
        if address is None:
            raise NotFound("There is nothing at this address.")
        return JSONResponse(
            {
                "resource": address + PATH,
                "resource_name": "Tasks",
                "authorization_servers": [login.issuer],
                "scopes_supported": list(SCOPES),
                "bearer_methods_supported": ["header"],
            }
        )

    return [Route(path, metadata, methods=["GET"]) for path in METADATA_PATHS]


def with_metadata(headers: Mapping[str, str], scope: Scope) -> dict[str, str]:
    """The headers of a refusal, its challenge with the metadata's address where there is one."""
    address = _address(scope, PATH) if scope.get(ANNOUNCED) else None
    challenge = headers.get("WWW-Authenticate")
    if address is None or challenge is None:
        return dict(headers)
    joint = "," if " " in challenge else ""
    told = f'{challenge}{joint} resource_metadata="{address}{METADATA_PATHS[0]}"'
    if "scope=" not in told:
        told += f', scope="{WRITE}"'
    return {**headers, "WWW-Authenticate": told}


def _address(scope: Scope, path: str) -> str | None:
    """The root of the host that the client knows, or None when a stage stands before the path.

    It is in the event: the template cannot name the API's host to a function that the API calls.
    """
    event: dict[str, Any] = scope.get("aws.event", {})
    context = event.get("requestContext", {})
    host = context.get("domainName")
    return f"{scope['scheme']}://{host}" if host and context.get("path") == path else None
