"""Parsing of unverified tokens."""

import base64
import json

import pytest

from chatcore.auth.unverified import parse_unverified
from chatcore.errors import Unauthenticated

HEADER = '{"alg": "HS256"}'
CLAIMS = '{"sub": "alice"}'


def compact(header: str | bytes = HEADER, payload: str | bytes = CLAIMS) -> str:
    parts = (part if isinstance(part, bytes) else part.encode() for part in (header, payload))
    segments = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*segments, "c2ln"])


def test_header_and_claims_are_parsed() -> None:
    read = parse_unverified(compact())
    assert (read.header, read.claims) == (json.loads(HEADER), json.loads(CLAIMS))


@pytest.mark.parametrize(
    "payload",
    [
        "[]",
        "null",
        '"text"',
        "7",
        "{",
        "{}{}",
        b'{"sub": "\xff"}',
        CLAIMS.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        '{"exp": NaN}',
        '{"exp": Infinity}',
        '{"exp": -Infinity}',
        '{"exp": ' + "9" * 5000 + "}",
        '{"a": ' + "[" * 5000,
    ],
)
def test_a_payload_that_is_not_a_json_object_is_refused(payload: str | bytes) -> None:
    with pytest.raises(Unauthenticated):
        parse_unverified(compact(payload=payload))


@pytest.mark.parametrize(
    "header", ["[]", "null", "{", b"\xff", HEADER.encode("utf-16"), '{"alg": "HS256", "kid": 7}']
)
def test_an_invalid_header_is_refused(header: str | bytes) -> None:
    with pytest.raises(Unauthenticated):
        parse_unverified(compact(header=header))


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ('{"alg": "HS256", "alg": "none"}', CLAIMS),
        ('{"alg": "HS256", "\\u0061lg": "none"}', CLAIMS),
        (HEADER, '{"sub": "alice", "sub": "bob"}'),
        (HEADER, '{"sub": "alice", "s\\u0075b": "alice"}'),
        (HEADER, '{"sub": "alice", "act": {"sub": "bob", "sub": "eve"}}'),
    ],
)
def test_a_duplicate_member_is_refused(header: str, payload: str) -> None:
    with pytest.raises(Unauthenticated):
        parse_unverified(compact(header, payload))


@pytest.mark.parametrize("crit", ["[]", '["b64"]', '["exp"]', "null", '"b64"'])
def test_critical_extensions_are_refused(crit: str) -> None:
    header = '{"alg": "HS256", "b64": true, "crit": ' + crit + "}"
    with pytest.raises(Unauthenticated):
        parse_unverified(compact(header=header))


@pytest.mark.parametrize("token", ["", "a.b", compact() + "=", compact() + ".", "x" * 9000])
def test_a_token_that_is_not_a_strict_compact_jws_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        parse_unverified(token)
