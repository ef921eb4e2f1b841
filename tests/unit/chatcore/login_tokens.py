"""Login tokens at a fixed time, and a verifier that knows their key."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from chatcore.auth.identity import Login, LoginKeys, LoginVerifier
from chatcore.auth.jwk_set import verifying_key
from chatcore.errors import Unauthenticated
from tests.unit.chatcore.logins import ISSUER, SigningKey, claims, ed25519

NOW = 1_800_000_000.0
LOGIN = Login(ISSUER, "app")
SIGNING = ed25519()


class StaticKeys:
    """The public keys of these signing keys, with a count of lookups."""

    def __init__(self, *signing: SigningKey) -> None:
        self._keys = [verifying_key(each.jwk()) for each in signing]
        self.lookups = 0

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        self.lookups += 1
        return (key for key in self._keys if key is not None and key.key_id == kid)


class AnyKidKeys:
    """Returns these keys for any kid."""

    def __init__(self, *keys: jwt.PyJWK) -> None:
        self._keys = keys

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        yield from self._keys


def identity(login: Login = LOGIN, keys: LoginKeys | None = None) -> LoginVerifier:
    return LoginVerifier(keys or StaticKeys(SIGNING), login, lambda: NOW)


def token(**changes: Any) -> str:
    return SIGNING.token(**{"iat": NOW, "exp": NOW + 60} | changes)


def signed_under(signing: SigningKey, alg: object) -> str:
    """Return a token that the key has signed correctly, with this algorithm in its header."""
    parts = [{"alg": alg, "kid": signing.kid}, claims(iat=NOW, exp=NOW + 60)]
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    algorithm = jwt.get_algorithm_by_name(signing.algorithm)
    return f"{signed}.{base64url(algorithm.sign(signed.encode(), signing.private))}"


def assert_refused(login_token: str, verifier: LoginVerifier | None = None) -> None:
    with pytest.raises(Unauthenticated):
        (verifier or identity()).user(login_token)


def hs256(secret: bytes, header: dict[str, Any]) -> str:
    """Return a token signed with HMAC, without PyJWT's checks of the key."""
    key = jwt.PyJWK({"kty": "oct", "k": base64url(secret)}, "HS256")
    parts = [{"alg": "HS256", **header}, claims(iat=NOW, exp=NOW + 60)]
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{base64url(key.Algorithm.sign(signed.encode(), secret))}"


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
