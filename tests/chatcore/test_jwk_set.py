"""Which keys are read from a login's address, and what is made of an address that misbehaves."""

import datetime
import gzip
import ipaddress
import json
import ssl
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chatcore import USER_AGENT
from chatcore.jwk_set import MAX_BYTES, MAX_KEYS, JwkSetUnreadable, read_jwk_set
from tests.chatcore.logins import JwksServer, ed25519, p256, rsa
from tests.waiting import PATIENCE

LOOPBACK = ipaddress.ip_address("127.0.0.1")
PATIENT = {"connect_seconds": PATIENCE, "read_seconds": PATIENCE}


def refusal(server: JwksServer, **waits: float) -> str:
    """Why the set is unreadable."""
    with pytest.raises(JwkSetUnreadable) as raised:
        read_jwk_set(server.url, **PATIENT | waits)
    return str(raised.value)


def test_the_usable_keys_of_a_set_are_read(jwks_server: JwksServer) -> None:
    jwks_server.publish(rsa("a"), {"kty": "oct", "k": "c"}, p256("b"), ed25519("c"))
    keys = read_jwk_set(jwks_server.url, **PATIENT)
    assert [key.key_id for key in keys] == ["a", "b", "c"]
    assert jwks_server.requests == ["/jwks.json"]


def test_a_redirect_is_not_followed(jwks_server: JwksServer) -> None:
    jwks_server.publish(rsa())
    jwks_server.status = 302
    jwks_server.headers = {"location": f"{jwks_server.address}/elsewhere"}
    assert refusal(jwks_server) == "status 302"
    assert jwks_server.requests == ["/jwks.json"]


@pytest.mark.parametrize("status", [204, 401, 403, 404, 429, 500, 503])
def test_an_answer_other_than_200_is_not_believed(jwks_server: JwksServer, status: int) -> None:
    jwks_server.publish(rsa())
    jwks_server.status = status
    assert refusal(jwks_server) == f"status {status}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"<!doctype html><title>Sign in</title>", "not JSON"),
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


class Dripping(JwksServer):
    """Sends one byte after the other and never comes to an end."""

    def pieces(self) -> Iterator[bytes]:
        while not self.stopped.is_set():
            yield b" "


class DrippingHead(JwksServer):
    """Never comes to the end of its first header."""

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nx-a: ")
        while not self.stopped.is_set():
            request.wfile.write(b"a")


@pytest.mark.parametrize("make", [Dripping, DrippingHead])
@pytest.mark.parametrize("encrypted", [False, True])
def test_an_answer_that_comes_in_drops_is_left(
    make: type[JwksServer], encrypted: bool, trusted: Path
) -> None:
    dripping = make()
    with dripping.running(tls(trusted) if encrypted else None):
        # The real wait, as short as can be: no answer can come before its end.
        assert refusal(dripping, read_seconds=0.01) == "too slow"


def test_a_server_that_does_not_answer_is_left(jwks_server: JwksServer) -> None:
    jwks_server.go_on.clear()
    assert refusal(jwks_server, read_seconds=0.01) == "too slow"


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.9\r\n", b"\0" * 1000])
def test_a_server_that_does_not_speak_http_is_left(body: bytes) -> None:
    class Other(JwksServer):
        def _answer(self, request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(body)

    other = Other()
    with other.running():
        assert refusal(other) == "no answer"


def test_an_address_where_nobody_listens_is_unreadable() -> None:
    server = JwksServer()
    with server.running():
        pass
    assert refusal(server) == "no answer"


def test_a_server_whose_certificate_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    server = JwksServer()
    server.publish(rsa())
    with server.running(tls(self_signed(tmp_path))):
        assert refusal(server) == "no answer"
    assert server.requests == []


def test_the_keys_are_read_over_https(trusted: Path) -> None:
    server = JwksServer()
    server.publish(rsa())
    with server.running(tls(trusted)):
        assert server.url.startswith("https://")
        assert [key.key_id for key in read_jwk_set(server.url, **PATIENT)] == ["k1"]


def test_the_address_is_asked_with_its_query_by_a_name_of_our_own(jwks_server: JwksServer) -> None:
    jwks_server.publish(rsa())
    read_jwk_set(f"{jwks_server.address}/keys?client=a%20b", **PATIENT)
    read_jwk_set(jwks_server.address, **PATIENT)
    assert jwks_server.requests == ["/keys?client=a%20b", "/"]
    assert set(jwks_server.user_agents) == {USER_AGENT}


def test_a_firewall_that_refuses_libraries_by_their_names_lets_us_by() -> None:
    class Behind(JwksServer):
        def _answer(self, request: BaseHTTPRequestHandler) -> None:
            agent = request.headers.get("user-agent", "").lower()
            if not agent or any(name in agent for name in ("python", "urllib", "requests", "curl")):
                self.status = 403
            super()._answer(request)

    server = Behind()
    server.publish(rsa())
    with server.running():
        assert read_jwk_set(server.url, **PATIENT)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("gzip, deflate", lambda body: zlib.compress(gzip.compress(body))),
        ("identity", bytes),
        ("", bytes),
    ],
)
def test_a_packed_answer_is_unpacked_though_nobody_asked_for_one(
    jwks_server: JwksServer, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    jwks_server.publish(rsa("a"), p256("b"))
    jwks_server.body = pack(jwks_server.body)
    jwks_server.headers = {"content-encoding": encoding}
    assert [key.key_id for key in read_jwk_set(jwks_server.url, **PATIENT)] == ["a", "b"]


def test_a_packed_answer_is_bounded_by_what_it_unpacks_to(jwks_server: JwksServer) -> None:
    jwks_server.body = gzip.compress(b" " * 30_000_000, compresslevel=1)
    jwks_server.headers = {"content-encoding": "gzip"}
    tracemalloc.start()
    try:
        assert refusal(jwks_server) == "more than 262,144 bytes"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_not_packed_as_it_says_is_unreadable(
    jwks_server: JwksServer, encoding: str
) -> None:
    jwks_server.publish(rsa())
    jwks_server.headers = {"content-encoding": encoding}
    assert refusal(jwks_server) == "not what its Content-Encoding says"


def test_a_packing_that_nobody_knows_is_unreadable(jwks_server: JwksServer) -> None:
    jwks_server.body = b"\x8b\x02\x80keys\x03"
    jwks_server.headers = {"content-encoding": "br"}
    assert refusal(jwks_server) == "not JSON"


@pytest.mark.parametrize("content_type", [None, "text/plain", "text/html; charset=utf-8", "x"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\r\n\t "])
def test_what_is_said_of_a_set_and_what_stands_before_it_does_not_matter(
    jwks_server: JwksServer, content_type: str | None, mark: bytes
) -> None:
    jwks_server.publish(rsa())
    jwks_server.body = mark + jwks_server.body
    jwks_server.headers = {"content-type": content_type} if content_type else {}
    assert read_jwk_set(jwks_server.url, **PATIENT)


def test_keys_that_are_not_for_us_cost_the_good_ones_nothing(jwks_server: JwksServer) -> None:
    jwks_server.publish(
        {"kty": "RSA", "x5c": ["MIIB"], "use": "sig", "alg": "RS256", "kid": "certificate"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "after-quantum"},
        {"kty": "OKP", "crv": "X448", "x": "AAAA", "kid": "exchange"},
        {"kty": "EC", "crv": "brainpoolP256r1", "x": "AAAA", "y": "AAAA", "kid": "curve"},
        {"kty": {}, "crv": [], "alg": {}, "use": [], "kid": {}},
        rsa("a"),
        rsa("encrypts").jwk(use="enc", alg="RSA-OAEP"),
        p256("b"),
        ed25519("c"),
    )
    assert [key.key_id for key in read_jwk_set(jwks_server.url, **PATIENT)] == ["a", "b", "c"]


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a certificate for 127.0.0.1 and its key, for which this machine vouches."""
    file = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def self_signed(folder: Path) -> Path:
    """A file with a certificate for 127.0.0.1 and its key."""
    private = generate_private_key(SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .sign(private, SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file
