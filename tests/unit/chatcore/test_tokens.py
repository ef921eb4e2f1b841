"""The tokens that this service mints and verifies."""

import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from chatcore.auth.keys import Key, Keys
from chatcore.auth.tokens import CLIENT_SECRET, LEEWAY_SECONDS, TOOL_TOKEN, bearer
from chatcore.errors import Unauthenticated
from tests.conftest import HeldKeys
from tests.unit.chatcore.login_tokens import base64url


def mint(keys: Keys, now: float | None = None) -> str:
    return CLIENT_SECRET.mint(keys.current(), "alice", now, sid="s1").token


def signed(keys: Keys, changes: dict[str, Any], *, header: dict[str, Any] | None = None) -> str:
    """Return a correctly signed client_secret with some claims changed or, if None, left out."""
    claims = jwt.decode(mint(keys), options={"verify_signature": False}) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    key = keys.current()
    return jwt.encode(kept, key.secret, "HS256", headers={"kid": key.kid} | (header or {}))


def test_a_minted_token_contains_user_session_and_expiry(keys: Keys) -> None:
    now = time.time()
    minted = CLIENT_SECRET.mint(keys.current(), "alice", now, sid="s1")
    claims = CLIENT_SECRET.verify(keys, minted.token)
    assert (claims["sub"], claims["sid"]) == ("alice", "s1")
    assert claims["exp"] == minted.expires_at == int(now) + 600


def test_an_expired_token_is_refused(keys: Keys) -> None:
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, mint(keys, time.time() - 600 - LEEWAY_SECONDS - 1))


def test_a_token_of_another_kind_is_refused(keys: Keys) -> None:
    tool = TOOL_TOKEN.mint(keys.current(), "alice", scope="tasks", sid="s1").token
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, tool)


def test_a_token_of_another_secret_is_refused(keys: Keys) -> None:
    forged = CLIENT_SECRET.mint(Key("v1", "x" * 64), "alice", sid="s1").token
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, forged)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another"},
        {"iss": None},
        {"aud": "mcp"},
        {"aud": ["chatkit", "mcp"]},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sid": None},
        {"sid": ["s1"]},
        {"jti": None},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(
    keys: Keys, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, signed(keys, changes))


@pytest.mark.parametrize("kid", [None, 7, "", "unknown"])
def test_a_token_without_a_known_kid_is_refused(keys: Keys, kid: object) -> None:
    header = base64url(json.dumps({"alg": "HS256", "kid": kid}).encode())
    signing_input = header + "." + mint(keys).split(".")[1]
    signature = hmac.digest(keys.current().secret.encode(), signing_input.encode(), "sha256")
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, f"{signing_input}.{base64url(signature)}")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token + "=",
        lambda token: token + ".",
        lambda token: token.replace(".", ".\n", 1),
        lambda token: " " + token,
        lambda token: token.rsplit(".", 1)[0] + ".",
        lambda token: token[:-1],
        lambda token: "a." * 3000 + "a.b",
        lambda token: "x" * 9000,
        lambda token: "",
        lambda token: "é.é.é",
    ],
)
def test_a_token_that_is_not_strict_base64url_is_refused(
    keys: Keys, spoil: Callable[[str], str]
) -> None:
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, spoil(mint(keys)))


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_a_token_without_an_hs256_signature_is_refused(keys: Keys, algorithm: str) -> None:
    key, claims = keys.current(), jwt.decode(mint(keys), options={"verify_signature": False})
    secret = "" if algorithm == "none" else key.secret
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, jwt.encode(claims, secret, algorithm, headers={"kid": key.kid}))


def test_a_token_signed_before_a_rotation_stays_valid() -> None:
    old, new = Key("v1", "o" * 64), Key("v2", "n" * 64)
    assert CLIENT_SECRET.verify(HeldKeys(new, old), mint(HeldKeys(old)))["sub"] == "alice"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token"])
def test_an_authorization_header_without_a_bearer_token_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        bearer(header)


def test_the_bearer_scheme_is_read_in_any_case() -> None:
    assert bearer("bearer abc") == "abc"
