"""The stand-in for a team's own login: whoever asks gets the token of any user."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

import jwt
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from local_stack.browser_guard import one_of, only_origins

TOKEN_PATH = "/local/token"
_LIFETIME = timedelta(hours=1)
_LONGEST_NAME = 200
_LONGEST_BODY = 10 * 1024


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class LocalLogin:
    """Signs identity tokens (JWT, HS256, one hour) as the template's parameters promise them."""

    issuer: str
    audience: str
    secret: str
    now: Callable[[], datetime] = _utc_now

    def token(self, user: str, audience: str | None = None) -> str:
        """A token for the page, or for another audience."""
        issued = self.now()
        claims = {
            "iss": self.issuer,
            "aud": audience or self.audience,
            "sub": user,
            "iat": issued,
            "exp": issued + _LIFETIME,
        }
        return jwt.encode(claims, self.secret, algorithm="HS256")


def with_login(login: LocalLogin, gateway: ASGIApp, origins: Collection[str] = ()) -> ASGIApp:
    """The gateway with `POST /local/token {"user": "alice"}` → `{"token": "…"}` in front of it.

    An `audience` beside the user replaces the page's as the token's audience. Of web pages, only
    the stack's own and those of these origins get a token.
    """

    async def token(scope: Scope, receive: Receive, send: Send) -> None:
        await (await _answer(login, Request(scope, receive)))(scope, receive, send)

    cors = CORSMiddleware(
        token, allow_origin_regex=one_of(origins), allow_methods=["POST"], allow_headers=["*"]
    )
    desk = only_origins(cors, origins)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (desk if scope["path"] == TOKEN_PATH else gateway)(scope, receive, send)

    return app


async def _answer(login: LocalLogin, request: Request) -> JSONResponse:
    if request.method != "POST":
        message = f"{TOKEN_PATH} takes POST."
        return JSONResponse({"message": message}, 405, {"allow": "POST, OPTIONS"})
    asked = _asked(await _body(request))
    user, audience = asked.get("user"), asked.get("audience", login.audience)
    if not _is_name(user) or not _is_name(audience):
        message = f'Send {{"user": "…"}} with a name of 1 to {_LONGEST_NAME} characters.'
        return JSONResponse({"message": message}, 400)
    return JSONResponse({"token": login.token(user, audience)})


async def _body(request: Request) -> bytes:
    """The body, kept up to the limit, beyond which it names no user; always read to its end."""
    body = b""
    async for part in request.stream():
        if len(body) <= _LONGEST_BODY:
            body += part
    return body


def _asked(body: bytes) -> dict[str, Any]:
    """The object in the body, or an empty one."""
    if len(body) > _LONGEST_BODY:
        return {}
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME
