"""The routes of the session function.

It also answers the preflights of the other functions' routes, because it is quick when cold. To
stay quick it is made of Starlette alone: FastAPI's import would take a third of its cold start.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chatcore import __version__
from chatcore.asgi import create_app
from chatcore.identity import IdentityVerifier
from chatcore.keys import Keys
from chatcore.tokens import bearer
from session_api.sessions import open_session

type Endpoint = Callable[[Request], Response]

# Routes of the other functions, of which this one answers what they do not take.
ELSEWHERE = {"/chatkit": ["POST"], "/mcp": ["POST"]}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}


def create_session_app(
    identity: IdentityVerifier, keys: Keys, *, allowed_origins: tuple[str, ...]
) -> Starlette:
    def create_session(request: Request) -> Response:
        user = identity.user(bearer(request.headers.get("authorization")))
        session = open_session(keys, user)
        return JSONResponse(asdict(session), 201, {"cache-control": "no-store"})

    def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    routes = [
        *_routes("/api/chatkit/session", {"POST": create_session}),
        *_routes("/api/health", {"GET": health, "HEAD": health}),
    ]
    routes += [_other_methods(path, methods) for path, methods in ELSEWHERE.items()]
    return create_app(routes, allowed_origins=allowed_origins)


def _routes(path: str, endpoints: dict[str, Endpoint]) -> Iterator[Route]:
    """A route for each method, and one for all others."""
    for method, endpoint in endpoints.items():
        yield Route(path, endpoint, methods=[method])
    yield _other_methods(path, list(endpoints))


def _other_methods(path: str, methods: list[str]) -> Route:
    """Answers OPTIONS, and 405 with `Allow` (RFC 9110 section 15.5.6) to what the path lacks."""
    allow = {"Allow": ", ".join([*methods, "OPTIONS"])}

    def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        raise HTTPException(405, "This address does not take that method.", allow)

    return Route(path, answer, methods=sorted(METHODS.difference(methods)))
