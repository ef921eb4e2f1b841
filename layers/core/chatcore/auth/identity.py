"""Verifies tokens of the customer's own login, which say who a user is."""

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
# The user id is part of every partition key, which DynamoDB limits to 2,048 bytes.
MAX_USER_BYTES = 256
# RFC 7518 section 3.2: an HS256 key is at least as long as the hash.
MIN_SECRET_BYTES = 32
# The end of the year 9999. A larger number is not a time in seconds.
LATEST_TIME = 253_402_300_799
# `typ` of login tokens (RFC 7519 section 5.1, RFC 9068 section 2.1). Other JWTs signed with the
# same keys, such as logout tokens, declare another type (RFC 8725 section 3.11).
TOKEN_TYPES = {"jwt", "at+jwt"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class IdentityVerifier(Protocol):
    """Returns the user of an identity token, or raises `Unauthenticated` or `Unavailable`."""

    def user(self, token: str) -> str: ...


class LoginKeys(Protocol):
    """The keys that a login signs with."""

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        """Yield keys that may have signed a token with this kid, each bound to one algorithm.

        Known keys come first. Iterating further looks for new keys. May raise `Unavailable`.
        """


class SharedSecret:
    """The secret that the login shares with this service (HS256).

    The login does not know the ids of the secret's versions. During a rotation its tokens may be
    signed with either version. If neither matches, the token may be signed with a newer one.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        known = self._usable()
        if not known:
            logger.error("identity_secret_too_short", needed_bytes=MIN_SECRET_BYTES)
            raise Unavailable("No login is connected to this service.")
        yield from map(_hmac_key, known)
        # Looking up an unknown kid reads the secret again, at most every 30 s.
        self._keys.find("")
        yield from (_hmac_key(key) for key in self._usable() if key not in known)

    def _usable(self) -> list[Key]:
        return [key for key in self._keys.all() if len(key.secret.encode()) >= MIN_SECRET_BYTES]


def _hmac_key(key: Key) -> jwt.PyJWK:
    return jwt.PyJWK({"kty": "oct", "k": base64url_encode(key.secret.encode()).decode()}, "HS256")


@dataclass(frozen=True)
class Login:
    """The claims that a login's tokens must have, and the claim that holds the user's id.

    The audience must match exactly. Only `aud` may be a list that contains the audience.
    """

    issuer: str
    audience: str
    audience_claim: AudienceClaim = "aud"
    user_claim: str = "sub"

    def user(self, claims: Mapping[str, Any], now: float) -> str:
        """Return the user of these claims, or raise `Unauthenticated` if they do not match.

        `iss`, `exp`, `sub` and the audience are required. `nbf` and `iat` are checked if present.
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

    def _is_audience(self, claim: object) -> bool:
        if isinstance(claim, list) and self.audience_claim == "aud":
            return all(isinstance(each, str) for each in claim) and self.audience in claim
        return claim == self.audience


def _is_timely(claims: Mapping[str, Any], now: float) -> bool:
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    return (
        "exp" in times
        and all(map(_is_time, times.values()))
        and times["exp"] > now - LEEWAY_SECONDS
        and max(times.get("nbf", 0), times.get("iat", 0)) <= now + LEEWAY_SECONDS
    )


def _is_time(value: object) -> bool:
    """Return whether the value is a NumericDate (RFC 7519 section 2). A boolean is not."""
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


class LoginVerifier:
    """Verifies a login's tokens with its keys. The key determines the algorithm, not the token."""

    def __init__(self, keys: LoginKeys, login: Login, now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._login = login
        self._now = now

    def user(self, token: str) -> str:
        unverified = parse_unverified(token)
        if not _is_login_type(unverified.header.get("typ", "JWT")):
            raise Unauthenticated
        # The claims are checked first, so that a token with wrong claims causes no key lookup.
        user = self._login.user(unverified.claims, self._now())
        algorithm = algorithm_of(unverified.header.get("alg"))
        keys = self._keys.matching(unverified.header.get("kid"))
        if not any(key.algorithm_name == algorithm and _is_signed(token, key) for key in keys):
            raise Unauthenticated
        return user


def _is_login_type(typ: object) -> bool:
    return isinstance(typ, str) and typ.lower().removeprefix("application/") in TOKEN_TYPES


def _is_signed(token: str, key: jwt.PyJWK) -> bool:
    """Return whether the key signed the token. PyJWT's own check rejects the name Ed25519."""
    signing_input, _, signature = token.rpartition(".")
    return key.Algorithm.verify(signing_input.encode(), key.key, base64url_decode(signature))
