"""Who a user is: the customer's own login token."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeGuard

import jwt
from jwt.utils import base64url_decode, base64url_encode

from chatcore.auth.keys import Key, Keys
from chatcore.auth.tokens import ISSUER
from chatcore.auth.unverified import algorithm_of, parse_unverified
from chatcore.errors import Unauthenticated, Unavailable
from chatcore.logs import logger

type AudienceClaim = Literal["aud", "azp", "client_id"]

LEEWAY_SECONDS = 30
# The user id stands in every partition key, which DynamoDB bounds at 2,048 bytes.
MAX_USER_BYTES = 256
# RFC 7518 section 3.2: an HS256 key has at least the size of the hash.
MIN_SECRET_BYTES = 32
# The end of the year 9999; what lies beyond is no time in seconds.
LATEST_TIME = 253_402_300_799
# Those of login tokens (RFC 7519 section 5.1, RFC 9068 section 2.1); other JWTs that a login signs
# with the same keys say what they are, a logout token for one (RFC 8725 section 3.11).
TOKEN_TYPES = {"jwt", "at+jwt"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class IdentityVerifier(Protocol):
    """Tells the user of an identity token, or raises `Unauthenticated` (or `Unavailable`)."""

    def user(self, token: str) -> str: ...


class LoginKeys(Protocol):
    """The keys with which a login signs."""

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        """Those that may have signed a token of that kid, each bound to its own one algorithm.

        Those that are known come first; who goes on asks for keys that are new. May raise
        `Unavailable`.
        """


class SharedSecret:
    """The login shares a secret with us (HS256).

    It does not know our version ids: while it changes over to a rotated secret, its tokens are
    signed with either version, and a signature of neither may be of one that is newer.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        known = self._usable()
        if not known:
            logger.error("identity_secret_too_short", needed_bytes=MIN_SECRET_BYTES)
            raise Unavailable("No login is connected to this service.")
        yield from map(_hmac_key, known)
        # Looked for as any unknown version is: at most every 30 s.
        self._keys.find("")
        yield from (_hmac_key(key) for key in self._usable() if key not in known)

    def _usable(self) -> list[Key]:
        return [key for key in self._keys.all() if len(key.secret.encode()) >= MIN_SECRET_BYTES]


def _hmac_key(key: Key) -> jwt.PyJWK:
    return jwt.PyJWK({"kty": "oct", "k": base64url_encode(key.secret.encode()).decode()}, "HS256")


@dataclass(frozen=True)
class Login:
    """What a token must say to be the login's, and which of its claims is the user's id.

    The audience must be named exactly; `aud` alone may be a list, of which one member is ours.
    """

    issuer: str
    audience: str
    audience_claim: AudienceClaim = "aud"
    user_claim: str = "sub"

    def user(self, claims: Mapping[str, Any], now: float) -> str:
        """The user of these claims at this time; `Unauthenticated` when they are not the login's.

        `iss`, `exp`, `sub` and the audience are required, `nbf` and `iat` respected.
        """
        subject, user = claims.get("sub"), claims.get(self.user_claim)
        if (
            claims.get("iss") == self.issuer != ISSUER
            and self._is_audience(claims.get(self.audience_claim))
            and _is_timely(claims, now)
            and isinstance(subject, str)
            and subject
            and _is_user_id(user)
        ):
            return user
        raise Unauthenticated

    def _is_audience(self, named: object) -> bool:
        if isinstance(named, list) and self.audience_claim == "aud":
            return all(isinstance(each, str) for each in named) and self.audience in named
        return named == self.audience


def _is_timely(claims: Mapping[str, Any], now: float) -> bool:
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    return (
        "exp" in times
        and all(map(_is_time, times.values()))
        and times["exp"] > now - LEEWAY_SECONDS
        and max(times.get("nbf", 0), times.get("iat", 0)) <= now + LEEWAY_SECONDS
    )


def _is_time(value: object) -> bool:
    """RFC 7519 section 2, NumericDate; a boolean is an int to Python only."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= LATEST_TIME


def _is_user_id(value: object) -> TypeGuard[str]:
    if not isinstance(value, str) or _CONTROL.search(value):
        return False
    try:
        return 0 < len(value.encode()) <= MAX_USER_BYTES
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


class Identity:
    """Verifies a login's tokens, whatever keys it signs with. The algorithm is the key's own."""

    def __init__(self, keys: LoginKeys, login: Login, now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._login = login
        self._now = now

    def user(self, token: str) -> str:
        read = parse_unverified(token)
        if not _is_login_type(read.header.get("typ", "JWT")):
            raise Unauthenticated
        # Before its signature: a token that could not hold anyhow has no key looked up.
        user = self._login.user(read.claims, self._now())
        algorithm = algorithm_of(read.header.get("alg"))
        keys = self._keys.matching(read.header.get("kid"))
        if not any(key.algorithm_name == algorithm and _is_signed(token, key) for key in keys):
            raise Unauthenticated
        return user


def _is_login_type(typ: object) -> bool:
    return isinstance(typ, str) and typ.lower().removeprefix("application/") in TOKEN_TYPES


def _is_signed(token: str, key: jwt.PyJWK) -> bool:
    """Whether the key signed the token. PyJWT's own check does not know the name Ed25519."""
    signed, _, signature = token.rpartition(".")
    return key.Algorithm.verify(signed.encode(), key.key, base64url_decode(signature))
