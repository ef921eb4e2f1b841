"""Logins that sign tokens with real keys, and a server that publishes them."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from chatcore.auth.jwk_set import JwkSetUnreadable, read_jwk_set
from tests.waiting import PATIENCE

ISSUER = "https://login.example.com/"
PATIENT = {"connect_seconds": PATIENCE, "read_seconds": PATIENCE}
# RFC 9864 gives Ed25519 a name that PyJWT does not support.
_JWS = jwt.PyJWS()
_JWS.register_algorithm("Ed25519", OKPAlgorithm())


@dataclass(frozen=True)
class SigningKey:
    """A login's private key."""

    algorithm: str
    private: RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
    kid: str | None = "k1"

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """Return the public key as the login publishes it."""
        members = _public_members(self.private)
        return members | {"kid": self.kid, "use": "sig", "alg": self.algorithm} | changes

    def token(self, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """Return a token of alice with some claims changed or, if None, left out."""
        return self.signed(claims(**changes), header or {})

    def signed(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """Return a token with these claims and header members, plus the kid."""
        headers = {"alg": self.algorithm} | ({"kid": self.kid} if self.kid else {}) | (header or {})
        return _JWS.encode(json.dumps(claims).encode(), self.private, headers=headers)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    some = {"iss": ISSUER, "aud": "app", "sub": "alice", "iat": now, "exp": now + 3600} | changes
    return {name: value for name, value in some.items() if value is not None}


@cache
def rsa(kid: str | None = "k1", bits: int = 2048) -> SigningKey:
    return SigningKey("RS256", rsa_key(65537, bits), kid)


@cache
def p256(kid: str | None = "k1") -> SigningKey:
    return SigningKey("ES256", ec_key(SECP256R1()), kid)


@cache
def ed25519(kid: str | None = "k1") -> SigningKey:
    return SigningKey("EdDSA", Ed25519PrivateKey.generate(), kid)


def _public_members(
    private: RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey,
) -> dict[str, Any]:
    if isinstance(private, RSAPrivateKey):
        return RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    if isinstance(private, EllipticCurvePrivateKey):
        return ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)


class JwksServer:
    """Publishes keys and counts requests. A test may change each part of the answers."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.requests: list[str] = []
        self.user_agents: list[str] = []
        # Set while an answer waits for `may_continue`, which a test clears to hold answers.
        self.waiting = threading.Event()
        self.may_continue = threading.Event()
        self.may_continue.set()
        # Set at the end of the test.
        self.stopped = threading.Event()
        self.address = ""

    @property
    def url(self) -> str:
        return f"{self.address}/jwks.json"

    def publish(self, *keys: SigningKey | dict[str, Any]) -> None:
        jwks = [key.jwk() if isinstance(key, SigningKey) else key for key in keys]
        self.body = json.dumps({"keys": jwks}).encode()

    def pieces(self) -> Iterator[bytes]:
        """Yield the pieces in which the body is sent."""
        yield self.body

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests.append(request.path)
        self.user_agents.append(request.headers.get("user-agent", ""))
        self.waiting.set()
        self.may_continue.wait()
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        for piece in self.pieces():
            request.wfile.write(piece)

    @contextmanager
    def running(self, tls: ssl.SSLContext | None = None) -> Iterator[None]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Print nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """Ignore errors of clients that disconnect early, as some tests do."""

        with Quiet(("127.0.0.1", 0), Handler) as http:
            if tls is not None:
                http.socket = tls.wrap_socket(http.socket, server_side=True)
            self.address = f"http{'s' if tls else ''}://127.0.0.1:{http.server_port}"
            thread = threading.Thread(target=http.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield
            finally:
                self.stopped.set()
                self.may_continue.set()
                http.shutdown()
                thread.join()


def refusal(server: JwksServer, **waits: float) -> str:
    """Return why the set is unreadable."""
    with pytest.raises(JwkSetUnreadable) as raised:
        read_jwk_set(server.url, **PATIENT | waits)
    return str(raised.value)
