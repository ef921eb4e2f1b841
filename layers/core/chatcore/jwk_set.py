"""A login's public keys, read from the address where it publishes them (RFC 7517)."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import urllib3

MAX_BYTES = 256 * 1024
MAX_KEYS = 100
MIN_RSA_BITS = 2048
_CHUNK = 16 * 1024
# No private member, should a login publish one.
_PUBLIC = ("kty", "kid", "crv", "x", "y", "n", "e")


class JwkSetUnreadable(Exception):
    """The address gave no key to verify with; the message tells why, in our own words."""


def read_jwk_set(
    url: str,
    *,
    connect_seconds: float = 2.0,
    read_seconds: float = 3.0,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[jwt.PyJWK, ...]:
    """The set's keys that verify signatures, at least one. Raises `JwkSetUnreadable`.

    `read_seconds` may pass before the answer begins, and as many again until its body ends.
    Follows no redirect and repeats nothing.
    """
    timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
    try:
        # A connection of its own: one kept for ten minutes would be dead after a thaw.
        with (
            urllib3.PoolManager() as http,
            http.request(
                "GET", url, redirect=False, retries=False, timeout=timeout, preload_content=False
            ) as response,
        ):
            if response.status != 200:
                raise JwkSetUnreadable(f"status {response.status}")
            body = _bounded_body(response, read_seconds, clock)
    except urllib3.exceptions.HTTPError as error:
        raise JwkSetUnreadable("no answer") from error
    return _verifying_keys(body)


def _bounded_body(
    response: urllib3.BaseHTTPResponse, seconds: float, clock: Callable[[], float]
) -> bytes:
    body = bytearray()
    # urllib3's own timeout is for each piece of the body.
    deadline = clock() + seconds
    # As it was sent: unpacking could make much of little.
    while chunk := response.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > MAX_BYTES:
            raise JwkSetUnreadable(f"more than {MAX_BYTES:,} bytes")
        if clock() > deadline:
            raise JwkSetUnreadable("too slow")
    return bytes(body)


def _verifying_keys(body: bytes) -> tuple[jwt.PyJWK, ...]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise JwkSetUnreadable("not JSON") from None
    jwks = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(jwks, list) or len(jwks) > MAX_KEYS:
        raise JwkSetUnreadable(f"not a set of {MAX_KEYS} keys at most")
    keys = [verifying_key(jwk) for jwk in jwks if isinstance(jwk, dict)]
    usable = tuple(key for key in keys if key is not None)
    if not usable:
        raise JwkSetUnreadable("no key for RS256, ES256 or EdDSA")
    return usable


def verifying_key(jwk: dict[str, Any]) -> jwt.PyJWK | None:
    """The key, bound to the one algorithm of its type; None for one that is not for our use.

    RSA → RS256 from 2,048 bits (RFC 7518 section 3.3), EC P-256 → ES256 (section 3.4), OKP Ed25519
    → EdDSA (RFC 8037 section 3.1). One that is said to be for something else is not taken.
    """
    match jwk:
        case {"kty": "RSA"}:
            algorithm = "RS256"
        case {"kty": "EC", "crv": "P-256"}:
            algorithm = "ES256"
        case {"kty": "OKP", "crv": "Ed25519"}:
            algorithm = "EdDSA"
        case _:
            return None
    operations = jwk.get("key_ops", ["verify"])
    verifies = isinstance(operations, list) and "verify" in operations
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm or not verifies:
        return None
    try:
        key = jwt.PyJWK({name: jwk[name] for name in _PUBLIC if name in jwk}, algorithm)
    except jwt.PyJWTError:
        return None
    return None if algorithm == "RS256" and key.key.key_size < MIN_RSA_BITS else key
