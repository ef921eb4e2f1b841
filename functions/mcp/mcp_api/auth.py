"""Who calls, and what they may do: from a verified bearer token, and from nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatcore.auth.compact import unverified
from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.tokens import ISSUER, TOOL_TOKEN, bearer
from chatcore.errors import Forbidden

WRITE = "tasks"
READ = "tasks:read"
SCOPES = (WRITE, READ)


@dataclass(frozen=True)
class Caller:
    user: str
    may_write: bool


@dataclass(frozen=True)
class AcceptedLogin:
    """The identity provider whose tokens are taken, where they name `audience`."""

    identity: IdentityVerifier
    issuer: str
    audience: str


class Callers:
    """Verifies each token as the one kind that its issuer makes it, never as another.

    Without a login only the chat function's own tool tokens are taken.
    """

    def __init__(self, keys: Keys, login: AcceptedLogin | None) -> None:
        self._keys = keys
        self._login = login

    def of(self, authorization: str | None) -> Caller:
        """The caller of a request with this Authorization header.

        Blocks while keys are read. Raises `Unauthenticated`, `Forbidden` for a token without a
        scope of these tools, or `Unavailable` without any key.
        """
        token = bearer(authorization)
        if self._login is not None and unverified(token).claims.get("iss") != ISSUER:
            return self._signed_in(token, self._login)
        claims = TOOL_TOKEN.verify(self._keys, token)
        return _caller(claims["sub"], claims["scope"].split())

    def _signed_in(self, token: str, login: AcceptedLogin) -> Caller:
        """A login that gives out no scopes at all gives its users the whole of this audience."""
        user = login.identity.user(token)
        scope = unverified(token).claims.get("scope", WRITE)
        if not isinstance(scope, str):
            raise _insufficient()
        # Some providers put the audience before each of its scopes.
        return _caller(user, [each.removeprefix(f"{login.audience}/") for each in scope.split()])


def _caller(user: str, scopes: Iterable[str]) -> Caller:
    held = set(scopes)
    if not held & set(SCOPES):
        raise _insufficient()
    return Caller(user, may_write=WRITE in held)


def _insufficient() -> Forbidden:
    # RFC 6750 section 3.1.
    challenge = f'Bearer error="insufficient_scope", scope="{WRITE}"'
    return Forbidden(
        "This token is not for the task tools.", headers={"WWW-Authenticate": challenge}
    )
