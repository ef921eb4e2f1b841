"""Bearer tokens: the two kinds that this service mints, and the checks that all tokens pass."""

import base64
import re
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt

from chatcore.auth.keys import Key, Keys
from chatcore.errors import Unauthenticated

ALGORITHM = "HS256"
ISSUER = "chatkit-on-lambda"
LEEWAY_SECONDS = 10
MAX_TOKEN_BYTES = 8192
# RFC 7515 section 2: base64url without padding. PyJWT accepts padding too.
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")


def strict_header(token: str) -> dict[str, Any]:
    """Return the unverified header of a well-formed compact JWS of at most 8 KB.

    Raise `Unauthenticated` for anything that is not three canonical unpadded base64url segments.
    """
    segments = token.split(".")
    if len(token) > MAX_TOKEN_BYTES or len(segments) != 3 or not all(map(_canonical, segments)):
        raise Unauthenticated
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise Unauthenticated from None


def _canonical(segment: str) -> bool:
    """Return whether the segment is the canonical encoding of its bytes, without stray bits."""
    if not _SEGMENT.fullmatch(segment) or len(segment) % 4 == 1:
        return False
    decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    return base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == segment


def bearer(authorization: str | None) -> str:
    """Return the token of an Authorization header (RFC 6750 section 2.1).

    Raise `Unauthenticated` if there is none.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return token


@dataclass(frozen=True)
class Minted:
    """A new token. `expires_at` is in seconds since 1970."""

    token: str
    expires_at: int


@dataclass(frozen=True)
class TokenKind:
    """A kind of token that this service mints with HS256.

    `lifetime` is in seconds. `required` names the claims that must be non-empty strings.
    """

    audience: str
    lifetime: int
    required: tuple[str, ...]

    def mint(self, key: Key, user: str, now: float | None = None, **claims: str) -> Minted:
        """Return a new token for the user, signed with this key."""
        issued_at = int(time.time() if now is None else now)
        payload = {
            **claims,
            "iss": ISSUER,
            "aud": self.audience,
            "sub": user,
            "iat": issued_at,
            "exp": issued_at + self.lifetime,
            "jti": uuid.uuid4().hex,
        }
        token = jwt.encode(payload, key.secret, ALGORITHM, headers={"kid": key.kid})
        return Minted(token, issued_at + self.lifetime)

    def verify(self, keys: Keys, token: str) -> dict[str, Any]:
        """Return the claims of a token of this kind. Raise `Unauthenticated` for any other."""
        kid = strict_header(token).get("kid")
        key = keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthenticated
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.secret,
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=ISSUER,
                leeway=LEEWAY_SECONDS,
                options={
                    "require": ["iss", "aud", "sub", "iat", "exp", "jti", *self.required],
                    "strict_aud": True,
                },
            )
        except jwt.PyJWTError:
            raise Unauthenticated from None
        if not all(isinstance(claims[name], str) and claims[name] for name in self.required):
            raise Unauthenticated
        return claims


CLIENT_SECRET = TokenKind(audience="chatkit", lifetime=600, required=("sub", "sid"))
# The scope of the chat function's tool tokens. It allows every tool, whatever scope the tool server
# declares.
ALL_TOOLS = "tools"
TOOL_TOKEN = TokenKind(audience="mcp", lifetime=900, required=("sub", "scope"))
