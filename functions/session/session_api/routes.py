"""The routes of the session function.

This function also answers CORS preflights for the other functions, because its cold start is short.
To keep it short, it uses only Starlette: importing FastAPI would take a third of the cold start.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chatcore import __version__
from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.tokens import bearer
from chatcore.errors import InvalidRequest
from chatcore.web.asgi import authorization_of, create_app
from session_api.sessions import Sessions

type Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]

# Routes of other functions, with the methods that they accept. This function answers the others.
OTHER_FUNCTIONS = {
    "/chatkit": ["POST"],
    "/chatkit/offers": ["GET"],
    "/chatkit/entities": ["POST"],
    "/chatkit/entities/preview": ["POST"],
    "/mcp": ["POST"],
}
MAX_BODY_BYTES = 16 * 1024
NO_STORE = {"cache-control": "no-store"}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}


def create_session_app(
    identity: IdentityVerifier, sessions: Sessions, *, allowed_origins: tuple[str, ...]
) -> Starlette:
    """Return the session function's application."""

    def open_session(request: Request) -> Response:
        session = sessions.open(identity.user(_token(request)))
        return JSONResponse(asdict(session), 201, NO_STORE)

    def show_session(request: Request) -> Response:
        return JSONResponse(asdict(sessions.state(_token(request))), headers=NO_STORE)

    def revoke_session(request: Request) -> Response:
        sessions.revoke(_token(request))
        return Response(status_code=204, headers=NO_STORE)

    async def cancel_turn(request: Request) -> Response:
        turn_id = _turn_id(await request.body())
        await run_in_threadpool(sessions.cancel_turn, authorization_of(request), turn_id)
        return JSONResponse({"turn_id": turn_id}, 202)

    def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    routes = [
        *_routes(
            "/api/chatkit/session",
            {"POST": open_session, "GET": show_session, "DELETE": revoke_session},
        ),
        *_routes("/api/chatkit/cancel", {"POST": cancel_turn}),
        *_routes("/api/health", {"GET": health, "HEAD": health}),
    ]
    routes += [_other_methods(path, methods) for path, methods in OTHER_FUNCTIONS.items()]
    return create_app(routes, allowed_origins=allowed_origins, max_body=MAX_BODY_BYTES)


def _token(request: Request) -> str:
    return bearer(authorization_of(request))


def _turn_id(body: bytes) -> str:
    """Return the id in `{"turn_id": …}`. Raise `InvalidRequest` for any other body."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    turn_id = content.get("turn_id") if isinstance(content, dict) else None
    if not isinstance(turn_id, str):
        raise InvalidRequest(
            'The request must be {"turn_id": …}, with the id from the x-chatkit-turn header.'
        )
    return turn_id


def _routes(path: str, endpoints: dict[str, Endpoint]) -> Iterator[Route]:
    """Yield a route for each method, and one for all other methods."""
    for method, endpoint in endpoints.items():
        yield Route(path, endpoint, methods=[method])
    yield _other_methods(path, list(endpoints))


def _other_methods(path: str, methods: list[str]) -> Route:
    """Return a route that answers OPTIONS, and 405 with `Allow` (RFC 9110 section 15.5.6)."""
    allow = {"Allow": ", ".join([*methods, "OPTIONS"])}

    def respond(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        raise HTTPException(405, "This route does not accept that method.", allow)

    return Route(path, respond, methods=sorted(METHODS.difference(methods)))
