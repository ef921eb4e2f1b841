"""The stand-in for a team's own login: anyone may ask for the token of any user."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

TOKEN_PATH = "/local/token"
_LIFETIME = timedelta(hours=1)
_LONGEST_USER = 200


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Login:
    """Signs identity tokens (JWT, HS256, one hour) as the template's parameters promise them."""

    issuer: str
    audience: str
    secret: str
    now: Callable[[], datetime] = _utc_now

    def token(self, user: str) -> str:
        issued = self.now()
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": user,
            "iat": issued,
            "exp": issued + _LIFETIME,
        }
        return jwt.encode(claims, self.secret, algorithm="HS256")


def with_login(login: Login, gateway: ASGIApp) -> ASGIApp:
    """The gateway with `POST /local/token {"user": "alice"}` → `{"token": "…"}` in front of it."""

    async def token(request: Request) -> JSONResponse:
        user = _user(await request.body())
        if user is None:
            message = f'Send {{"user": "…"}} with a name of 1 to {_LONGEST_USER} characters.'
            return JSONResponse({"message": message}, 400)
        return JSONResponse({"token": login.token(user)})

    cors = Middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["POST"], allow_headers=["*"]
    )
    route = Route(TOKEN_PATH, token, methods=["POST", "OPTIONS"], middleware=[cors])
    return Starlette(routes=[route, Mount("/", gateway)])


def _user(body: bytes) -> str | None:
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    user = asked.get("user") if isinstance(asked, dict) else None
    return user if isinstance(user, str) and 0 < len(user) <= _LONGEST_USER else None
