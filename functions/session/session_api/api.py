"""The routes of the session function.

It also answers the preflights of the other functions' routes, because it is quick when cold. To
stay quick, its routes take and give Starlette's own requests and responses: for typed ones FastAPI
would import pydantic.v1.
"""

from collections.abc import Callable
from dataclasses import asdict

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chatcore import __version__
from chatcore.identity import IdentityVerifier
from chatcore.keys import Keys
from chatcore.tokens import bearer
from chatcore.web import create_app
from session_api.sessions import open_session

# Path → the methods that it takes, wherever they are served.
ROUTES = {
    "/api/chatkit/session": ["POST"],
    "/api/health": ["GET", "HEAD"],
    "/chatkit": ["POST"],
    "/mcp": ["POST"],
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def create_session_app(
    identity: IdentityVerifier, keys: Keys, *, allowed_origins: tuple[str, ...]
) -> FastAPI:
    app = create_app(allowed_origins=allowed_origins)

    @app.post("/api/chatkit/session")
    def create_session(request: Request) -> Response:
        user = identity.user(bearer(request.headers.get("authorization")))
        session = open_session(keys, user)
        return JSONResponse(asdict(session), 201, {"cache-control": "no-store"})

    @app.api_route("/api/health", methods=ROUTES["/api/health"])
    def health() -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    for path, methods in ROUTES.items():
        others = [method for method in METHODS if method not in methods]
        app.add_api_route(path, _other_method(methods), methods=others)
    return app


def _other_method(methods: list[str]) -> Callable[[Request], Response]:
    """Answer OPTIONS, and 405 with `Allow` (RFC 9110 section 15.5.6) to what the path lacks."""
    allow = {"Allow": ", ".join([*methods, "OPTIONS"])}

    def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        raise HTTPException(405, "This address does not take that method.", allow)

    return answer
