"""Determines who calls and what they may do, only from a verified bearer token."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver import Context
from starlette.requests import Request

from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.tokens import ALL_TOOLS, ISSUER, TOOL_TOKEN, bearer
from chatcore.auth.unverified import parse_unverified
from chatcore.errors import Forbidden

# The key of the caller in a request's ASGI scope.
CALLER = "mcp_api.caller"


@dataclass(frozen=True)
class Scopes:
    """The scopes of this server: `write` allows every tool, `read` the read-only ones."""

    write: str
    read: str


@dataclass(frozen=True)
class Caller:
    """The user of a verified token, and whether the token may write."""

    user: str
    may_write: bool


@dataclass(frozen=True)
class AuthorizationServer:
    """The login whose tokens are accepted if they name `audience`."""

    identity: IdentityVerifier
    issuer: str
    audience: str


class CallerVerifier:
    """Verifies each token as the kind that its issuer implies, and never as the other kind.

    Without an authorization server, only the chat function's own tool tokens are accepted.
    """

    def __init__(self, keys: Keys, scopes: Scopes, login: AuthorizationServer | None) -> None:
        self._keys = keys
        self._scopes = scopes
        self._login = login

    def verify(self, authorization: str | None) -> Caller:
        """Return the caller of a request with this Authorization header.

        Block while keys are read. Raise `Unauthenticated`, `Forbidden` for a token without a scope
        of this server, or `Unavailable` while no key can be read.
        """
        token = bearer(authorization)
        if self._login is not None and parse_unverified(token).claims.get("iss") != ISSUER:
            return self._login_caller(token, self._login)
        claims = TOOL_TOKEN.verify(self._keys, token)
        scopes = claims["scope"].split()
        if ALL_TOOLS in scopes:
            return Caller(claims["sub"], may_write=True)
        return self._caller(claims["sub"], scopes)

    def _login_caller(self, token: str, login: AuthorizationServer) -> Caller:
        """Return the caller of a login's token; one without any scope claim may call every tool."""
        user = login.identity.user(token)
        scope = parse_unverified(token).claims.get("scope", self._scopes.write)
        if not isinstance(scope, str):
            raise self._insufficient_scope()
        # Some providers prefix each scope with its audience.
        prefix = f"{login.audience}/"
        return self._caller(user, [each.removeprefix(prefix) for each in scope.split()])

    def _caller(self, user: str, scopes: Iterable[str]) -> Caller:
        granted = set(scopes)
        if not granted & {self._scopes.write, self._scopes.read}:
            raise self._insufficient_scope()
        return Caller(user, may_write=self._scopes.write in granted)

    def _insufficient_scope(self) -> Forbidden:
        # RFC 6750 section 3.1 defines this challenge.
        challenge = f'Bearer error="insufficient_scope", scope="{self._scopes.write}"'
        return Forbidden(
            f'This token is not for these tools: it lacks the scope "{self._scopes.write}".',
            headers={"WWW-Authenticate": challenge},
        )


def caller_of(context: Context[Any, Any]) -> Caller:
    """Return the caller that was verified for the request of this tool call."""
    request = context.request_context.request
    assert isinstance(request, Request)
    caller: Caller = request.scope[CALLER]
    return caller
