"""Who a user is: the customer's own login token."""

from typing import Any, Protocol

import jwt

from chatcore.errors import Unauthenticated
from chatcore.keys import Keys
from chatcore.tokens import strict_header

LEEWAY_SECONDS = 30
# The user id stands in every partition key, which DynamoDB bounds at 2,048 bytes.
MAX_USER_BYTES = 256


class IdentityVerifier(Protocol):
    """Tells the user of an identity token, or raises `Unauthenticated` (or `Unavailable`)."""

    def user(self, token: str) -> str: ...


class SharedSecretIdentity:
    """HS256 tokens of a login that shares a secret with us; the algorithm is never the token's."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    def user(self, token: str) -> str:
        strict_header(token)
        # The login does not know our version ids: while it changes over to a rotated secret,
        # its tokens are signed with either version.
        for key in self._keys.all():
            try:
                return _user(self._claims(token, key.secret))
            except jwt.InvalidSignatureError:
                continue
            except jwt.PyJWTError:
                break
        raise Unauthenticated

    def _claims(self, token: str, secret: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=self._audience,
            issuer=self._issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "sub"]},
        )
        return claims


def _user(claims: dict[str, Any]) -> str:
    user = claims["sub"]
    if not isinstance(user, str) or not 0 < len(user.encode()) <= MAX_USER_BYTES:
        raise Unauthenticated
    return user
