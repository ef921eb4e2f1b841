"""The request for a login's keys, and servers that misbehave."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chatcore import USER_AGENT
from chatcore.auth.jwk_set import read_jwk_set
from tests.unit.chatcore.logins import PATIENT, JwksServer, refusal, rsa

LOOPBACK = ipaddress.ip_address("127.0.0.1")


def test_an_endless_body_is_abandoned() -> None:
    class Endless(JwksServer):
        def pieces(self) -> Iterator[bytes]:
            while True:
                yield b" " * 65_536

    endless = Endless()
    with endless.running():
        assert refusal(endless) == "more than 262,144 bytes"


class Dripping(JwksServer):
    """Sends single bytes forever."""

    def pieces(self) -> Iterator[bytes]:
        while not self.stopped.is_set():
            yield b" "


class DrippingHead(JwksServer):
    """Sends a first header that never ends."""

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nx-a: ")
        while not self.stopped.is_set():
            request.wfile.write(b"a")


@pytest.mark.parametrize("make", [Dripping, DrippingHead])
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_slow_answer_is_abandoned(make: type[JwksServer], encrypted: bool, trusted: Path) -> None:
    dripping = make()
    with dripping.running(tls(trusted) if encrypted else None):
        # A real wait, as short as possible: no answer can arrive before its end.
        assert refusal(dripping, read_seconds=0.01) == "too slow"


def test_a_server_that_does_not_answer_is_abandoned(jwks_server: JwksServer) -> None:
    jwks_server.may_continue.clear()
    assert refusal(jwks_server, read_seconds=0.01) == "too slow"


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.9\r\n", b"\0" * 1000])
def test_a_server_that_does_not_speak_http_is_abandoned(body: bytes) -> None:
    class Other(JwksServer):
        def _answer(self, request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(body)

    other = Other()
    with other.running():
        assert refusal(other) == "no answer"


def test_a_refused_connection_is_unreadable() -> None:
    server = JwksServer()
    with server.running():
        pass
    assert refusal(server) == "no answer"


def test_a_server_with_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
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


def test_the_request_keeps_the_query_and_has_our_user_agent(jwks_server: JwksServer) -> None:
    jwks_server.publish(rsa())
    read_jwk_set(f"{jwks_server.address}/keys?client=a%20b", **PATIENT)
    read_jwk_set(jwks_server.address, **PATIENT)
    assert jwks_server.requests == ["/keys?client=a%20b", "/"]
    assert set(jwks_server.user_agents) == {USER_AGENT}


def test_a_firewall_that_blocks_library_user_agents_accepts_ours() -> None:
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


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file with a certificate for 127.0.0.1 and its key, which this process trusts."""
    file = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def self_signed(folder: Path) -> Path:
    """Return a file with a certificate for 127.0.0.1 and its key."""
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
