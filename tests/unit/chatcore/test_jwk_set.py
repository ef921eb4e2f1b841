"""Which keys are read from a login's response."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from chatcore.auth.jwk_set import MAX_BYTES, MAX_KEYS, read_jwk_set
from tests.unit.chatcore.logins import PATIENT, JwksServer, ed25519, p256, refusal, rsa


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
def test_an_answer_other_than_200_is_refused(jwks_server: JwksServer, status: int) -> None:
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
        (b"[]", f"not a set of at most {MAX_KEYS} keys"),
        (b"{}", f"not a set of at most {MAX_KEYS} keys"),
        (b'{"keys": {}}', f"not a set of at most {MAX_KEYS} keys"),
        (
            json.dumps({"keys": [p256().jwk()] * (MAX_KEYS + 1)}).encode(),
            f"not a set of at most {MAX_KEYS} keys",
        ),
        (b'{"keys": []}', "no key for RS256, ES256 or EdDSA"),
        (b'{"keys": [null, 7, {}]}', "no key for RS256, ES256 or EdDSA"),
        (b'{"keys": [], "x": "' + b"x" * MAX_BYTES + b'"}', "more than 262,144 bytes"),
    ],
)
def test_an_answer_that_is_not_a_key_set_is_unreadable(
    jwks_server: JwksServer, body: bytes, reason: str
) -> None:
    jwks_server.body = body
    assert refusal(jwks_server) == reason


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
def test_a_compressed_answer_is_decompressed(
    jwks_server: JwksServer, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    jwks_server.publish(rsa("a"), p256("b"))
    jwks_server.body = pack(jwks_server.body)
    jwks_server.headers = {"content-encoding": encoding}
    assert [key.key_id for key in read_jwk_set(jwks_server.url, **PATIENT)] == ["a", "b"]


def test_the_size_limit_applies_to_the_decompressed_answer(jwks_server: JwksServer) -> None:
    jwks_server.body = gzip.compress(b" " * 30_000_000, compresslevel=1)
    jwks_server.headers = {"content-encoding": "gzip"}
    tracemalloc.start()
    try:
        assert refusal(jwks_server) == "more than 262,144 bytes"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_answer_that_contradicts_its_content_encoding_is_unreadable(
    jwks_server: JwksServer, encoding: str
) -> None:
    jwks_server.publish(rsa())
    jwks_server.headers = {"content-encoding": encoding}
    assert refusal(jwks_server) == "body does not match its Content-Encoding"


def test_an_unknown_content_encoding_is_unreadable(jwks_server: JwksServer) -> None:
    jwks_server.body = b"\x8b\x02\x80keys\x03"
    jwks_server.headers = {"content-encoding": "br"}
    assert refusal(jwks_server) == "not JSON"


@pytest.mark.parametrize("content_type", [None, "text/plain", "text/html; charset=utf-8", "x"])
@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf", b"\r\n\t "])
def test_content_type_and_leading_white_space_do_not_matter(
    jwks_server: JwksServer, content_type: str | None, prefix: bytes
) -> None:
    jwks_server.publish(rsa())
    jwks_server.body = prefix + jwks_server.body
    jwks_server.headers = {"content-type": content_type} if content_type else {}
    assert read_jwk_set(jwks_server.url, **PATIENT)


def test_unusable_keys_do_not_affect_the_usable_ones(jwks_server: JwksServer) -> None:
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
