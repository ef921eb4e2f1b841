"""Fetches a login's public keys from the URL where it publishes them (RFC 7517)."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

import jwt
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError

from chatcore import USER_AGENT
from chatcore.auth.unverified import algorithm_of

MAX_BYTES = 256 * 1024
MAX_KEYS = 100
MIN_RSA_BITS = 2048
_CHUNK = 16 * 1024
_HEADERS = {
    "user-agent": USER_AGENT,
    "accept": "application/jwk-set+json, application/json, */*",
}
# The members of a public key. A private member is ignored, even if a login publishes one.
_PUBLIC = ("kty", "kid", "crv", "x", "y", "n", "e")


class JwkSetUnreadable(Exception):
    """The URL returned no usable key. The message says why, without quoting the response."""


def read_jwk_set(
    url: str, *, connect_seconds: float = 2.0, read_seconds: float = 3.0
) -> tuple[jwt.PyJWK, ...]:
    """Return the keys of the set that verify signatures, at least one. Raise `JwkSetUnreadable`.

    `read_seconds` limits the time from the connection to the end of the answer. Redirects are not
    followed, and nothing is retried.
    """
    try:
        # Use a new connection: one kept since the last read may be dead after a freeze.
        with closing(_connection(url, connect_seconds)) as connection:
            connection.connect()
            connection.timeout = None
            with _time_limit(read_seconds, connection.sock):
                body = _body(connection, url)
    except DecodeError as error:
        raise JwkSetUnreadable("body does not match its Content-Encoding") from error
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise JwkSetUnreadable("no answer") from error
    return _verifying_keys(body)


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    connection_class = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return connection_class(parts.hostname or "", parts.port, timeout=seconds)


@contextmanager
def _time_limit(seconds: float, sock: socket.socket) -> Iterator[None]:
    """Shut down the socket when the time is up, and raise `JwkSetUnreadable`.

    The socket's own timeout would restart with each byte.
    """
    timed_out = Event()

    def shut_down() -> None:
        timed_out.set()
        # SSLSocket.shutdown would drop state that a read in another thread still uses.
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = Timer(seconds, shut_down)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if timed_out.is_set():
            raise JwkSetUnreadable("too slow")


def _body(connection: HTTPConnection, url: str) -> bytes:
    """Return the decompressed body. Decompression stops at MAX_BYTES."""
    target = urlsplit(url)._replace(scheme="", netloc="").geturl() or "/"
    connection.request("GET", target, headers=_HEADERS, preload_content=False)
    body = bytearray()
    with connection.getresponse() as response:
        if response.status != 200:
            raise JwkSetUnreadable(f"status {response.status}")
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > MAX_BYTES:
                raise JwkSetUnreadable(f"more than {MAX_BYTES:,} bytes")
    return bytes(body)


def _verifying_keys(body: bytes) -> tuple[jwt.PyJWK, ...]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise JwkSetUnreadable("not JSON") from None
    jwks = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(jwks, list) or len(jwks) > MAX_KEYS:
        raise JwkSetUnreadable(f"not a set of at most {MAX_KEYS} keys")
    keys = [verifying_key(jwk) for jwk in jwks if isinstance(jwk, dict)]
    usable = tuple(key for key in keys if key is not None)
    if not usable:
        raise JwkSetUnreadable("no key for RS256, ES256 or EdDSA")
    return usable


def verifying_key(jwk: dict[str, Any]) -> jwt.PyJWK | None:
    """Return the key, bound to the one algorithm of its type, or None if it cannot be used.

    RSA → RS256 from 2,048 bits (RFC 7518 section 3.3), EC P-256 → ES256 (section 3.4), OKP Ed25519
    → EdDSA (RFC 8037 section 3.1). A key that is declared for another use is not used. A member
    that is null counts as absent.
    """
    members = {name: value for name, value in jwk.items() if value is not None}
    if not isinstance(members.get("kid"), str):
        members.pop("kid", None)
    match members:
        case {"kty": "RSA"}:
            algorithm = "RS256"
        case {"kty": "EC", "crv": "P-256"}:
            algorithm = "ES256"
        case {"kty": "OKP", "crv": "Ed25519"}:
            algorithm = "EdDSA"
        case _:
            return None
    operations = members.get("key_ops", ["verify"])
    verifies = isinstance(operations, list) and "verify" in operations
    declared = algorithm_of(members.get("alg", algorithm))
    if members.get("use", "sig") != "sig" or declared != algorithm or not verifies:
        return None
    try:
        key = jwt.PyJWK({name: members[name] for name in _PUBLIC if name in members}, algorithm)
    except jwt.PyJWTError:
        return None
    return None if algorithm == "RS256" and key.key.key_size < MIN_RSA_BITS else key
