"""Which keys are read from a login's address, and what is made of an address that misbehaves."""

import datetime
import json
import ssl
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from chatcore.jwk_set import MAX_BYTES, MAX_KEYS, JwkSetUnreadable, read_jwk_set, verifying_key
from tests.chatcore.logins import JwksServer, SigningKey, ed25519, p256, rsa
from tests.waiting import PATIENCE


def refusal(server: JwksServer, clock: Callable[[], float] = lambda: 0.0, **waits: float) -> str:
    """Why the set is unreadable. Nothing takes real time unless `waits` says so."""
    waits = {"connect_seconds": PATIENCE, "read_seconds": PATIENCE} | waits
    with pytest.raises(JwkSetUnreadable) as raised:
        read_jwk_set(server.url, clock=clock, **waits)
    return str(raised.value)


@pytest.mark.parametrize("make", [rsa, p256, ed25519])
def test_a_key_is_bound_to_the_one_algorithm_of_its_type(make: Any) -> None:
    signing: SigningKey = make()
    members = {name: value for name, value in signing.jwk().items() if name not in ("alg", "use")}
    key = verifying_key(members)
    assert key is not None
    assert (key.algorithm_name, key.key_id) == (signing.algorithm, "k1")


@pytest.mark.parametrize(
    "jwk",
    [
        rsa().jwk(use="enc"),
        rsa().jwk(use=None),
        rsa().jwk(alg="RS512"),
        rsa().jwk(alg="PS256"),
        rsa().jwk(alg="RSA-OAEP-256"),
        rsa().jwk(alg="HS256"),
        rsa().jwk(key_ops=["encrypt"]),
        rsa().jwk(key_ops="verify"),
        rsa().jwk(n=7),
        rsa().jwk(n="AQAB"),
        rsa(bits=1024).jwk(),
        p256().jwk(crv="secp256k1", alg="ES256K"),
        p256().jwk(x="AAAA"),
        p256().jwk(y=p256().jwk()["x"]),
        ECAlgorithm.to_jwk(generate_private_key(SECP384R1()).public_key(), as_dict=True),
        OKPAlgorithm.to_jwk(Ed448PrivateKey.generate().public_key(), as_dict=True),
        ed25519().jwk(crv="X25519"),
        ed25519().jwk(x=None),
        {"kty": "oct", "k": "c" * 64, "kid": "k1"},
        {"kty": ["RSA"]},
        {},
    ],
)
def test_a_key_for_something_else_is_not_used(jwk: dict[str, Any]) -> None:
    assert verifying_key(jwk) is None


def test_a_private_key_that_was_published_only_verifies() -> None:
    published = ed25519().jwk(d="A" * 43, key_ops=["verify"])
    key = verifying_key(published)
    assert key is not None
    with pytest.raises(AttributeError):
        jwt.encode({}, key.key, "EdDSA")


def test_the_usable_keys_of_a_set_are_read(jwks_server: JwksServer) -> None:
    jwks_server.publish(rsa("a"), {"kty": "oct", "k": "c"}, p256("b"), ed25519("c"))
    keys = read_jwk_set(jwks_server.url)
    assert [key.key_id for key in keys] == ["a", "b", "c"]
    assert jwks_server.requests == ["/jwks.json"]


def test_a_redirect_is_not_followed(jwks_server: JwksServer) -> None:
    jwks_server.publish(rsa())
    jwks_server.status = 302
    jwks_server.headers = {"location": f"{jwks_server.address}/elsewhere"}
    assert refusal(jwks_server) == "status 302"
    assert jwks_server.requests == ["/jwks.json"]


@pytest.mark.parametrize("status", [204, 404, 500])
def test_an_answer_other_than_200_is_not_believed(jwks_server: JwksServer, status: int) -> None:
    jwks_server.publish(rsa())
    jwks_server.status = status
    assert refusal(jwks_server) == f"status {status}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", f"not a set of {MAX_KEYS} keys at most"),
        (b"{}", f"not a set of {MAX_KEYS} keys at most"),
        (b'{"keys": {}}', f"not a set of {MAX_KEYS} keys at most"),
        (
            json.dumps({"keys": [p256().jwk()] * (MAX_KEYS + 1)}).encode(),
            f"not a set of {MAX_KEYS} keys at most",
        ),
        (b'{"keys": []}', "no key for RS256, ES256 or EdDSA"),
        (b'{"keys": [null, 7, {}]}', "no key for RS256, ES256 or EdDSA"),
        (b'{"keys": [], "x": "' + b"x" * MAX_BYTES + b'"}', "more than 262,144 bytes"),
    ],
)
def test_what_is_no_set_of_keys_is_unreadable(
    jwks_server: JwksServer, body: bytes, reason: str
) -> None:
    jwks_server.body = body
    assert refusal(jwks_server) == reason


def test_a_body_without_end_is_left(jwks_server: JwksServer) -> None:
    class Endless(JwksServer):
        def pieces(self) -> Iterator[bytes]:
            while True:
                yield b" " * 65_536

    endless = Endless()
    with endless.running():
        assert refusal(endless) == "more than 262,144 bytes"


def test_a_body_that_comes_in_drops_is_left() -> None:
    class Dripping(JwksServer):
        def pieces(self) -> Iterator[bytes]:
            while not self.stopped.is_set():
                yield b" "

    dripping = Dripping()
    # A second passes between two looks at the clock.
    with dripping.running():
        assert refusal(dripping, count().__next__, read_seconds=3) == "too slow"


def test_a_server_that_does_not_answer_is_left(jwks_server: JwksServer) -> None:
    jwks_server.go_on.clear()
    # The real wait, as short as can be: no answer can come before its end.
    assert refusal(jwks_server, read_seconds=0.01) == "no answer"


def test_an_address_where_nobody_listens_is_unreadable() -> None:
    server = JwksServer()
    with server.running():
        pass
    assert refusal(server) == "no answer"


def test_a_server_whose_certificate_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    server = JwksServer()
    server.publish(rsa())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with server.running(lambda socket: context.wrap_socket(socket, server_side=True)):
        server.address = server.address.replace("http:", "https:")
        assert refusal(server) == "no answer"
    assert server.requests == []


def self_signed(folder: Path) -> Path:
    """A file with a certificate for 127.0.0.1 and its key."""
    private = generate_private_key(SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=1))
        .sign(private, SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file
