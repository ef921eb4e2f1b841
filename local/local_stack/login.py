"""The stand-in for a team's login: it issues a token for any user, without a password."""

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
    """Signs identity tokens (JWT, HS256, one hour) that match the template's parameters."""

    issuer: str
    audience: str
    secret: str
    now: Callable[[], datetime] = _utc_now

    def token(self, user: str, audience: str | None = None) -> str:
        """Return a token for the page, or for another audience."""
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
    """Answer `POST /local/token {"user": "alice"}` with `{"token": "…"}`, and pass on the rest.

    The body may also name an `audience`; the default is the page's. Of all web pages, only the
    stack's own and pages of these origins get a token.
    """

    async def token(scope: Scope, receive: Receive, send: Send) -> None:
        await (await _answer(login, Request(scope, receive)))(scope, receive, send)

    cors = CORSMiddleware(
        token, allow_origin_regex=one_of(origins), allow_methods=["POST"], allow_headers=["*"]
    )
    guarded = only_origins(cors, origins)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (guarded if scope["path"] == TOKEN_PATH else gateway)(scope, receive, send)

    return app


async def _answer(login: LocalLogin, request: Request) -> JSONResponse:
    if request.method != "POST":
        message = f"{TOKEN_PATH} only accepts POST."
        return JSONResponse({"message": message}, 405, {"allow": "POST, OPTIONS"})
    fields = _fields(await _body(request))
    user, audience = fields.get("user"), fields.get("audience", login.audience)
    if not _is_name(user) or not _is_name(audience):
        message = f'Send {{"user": "…"}} with a name of 1 to {_LONGEST_NAME} characters.'
        return JSONResponse({"message": message}, 400)
    return JSONResponse({"token": login.token(user, audience)})


async def _body(request: Request) -> bytes:
    """Read the whole body, and return at most the limit and one more part."""
    body = b""
    async for part in request.stream():
        if len(body) <= _LONGEST_BODY:
            body += part
    return body


def _fields(body: bytes) -> dict[str, Any]:
    """Return the JSON object in the body, or an empty one if the body has none or is too long."""
    if len(body) > _LONGEST_BODY:
        return {}
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME
