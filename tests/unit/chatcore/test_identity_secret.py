"""A secret that a login shares with this service."""

import time
from typing import Any

import boto3
import jwt
import pytest

from chatcore.auth.identity import Login, LoginVerifier, SharedSecret
from chatcore.auth.keys import UNKNOWN_KID_SECONDS, Key, Keys, SecretsManagerKeys
from chatcore.auth.tokens import CLIENT_SECRET, TOOL_TOKEN
from chatcore.errors import Unavailable
from tests.conftest import HeldKeys
from tests.unit.chatcore.login_tokens import (
    LOGIN,
    assert_refused,
    hs256,
    identity,
)
from tests.unit.chatcore.logins import claims, rsa


def test_our_own_tokens_are_never_login_tokens(keys: Keys) -> None:
    ours = keys.current()
    for kind, more in ((CLIENT_SECRET, {"sid": "s1"}), (TOOL_TOKEN, {"scope": "tasks"})):
        login = Login("chatkit-on-lambda", kind.audience)
        own = kind.mint(ours, "alice", time.time(), **more).token
        assert_refused(own, LoginVerifier(SharedSecret(keys), login))


def test_a_shared_secret_verifies_hs256_and_nothing_else(keys: Keys) -> None:
    verifier = LoginVerifier(SharedSecret(keys), LOGIN)
    secret = keys.current().secret
    assert verifier.user(jwt.encode(claims(), secret, "HS256")) == "alice"
    assert_refused(jwt.encode(claims(), secret, "HS512"), verifier)
    assert_refused(jwt.encode(claims(), "", "none"), verifier)
    assert_refused(rsa().token(), verifier)


def test_tokens_of_both_secrets_are_valid_during_a_rotation() -> None:
    both = LoginVerifier(SharedSecret(HeldKeys(Key("v2", "n" * 64), Key("v1", "o" * 64))), LOGIN)
    assert both.user(jwt.encode(claims(), "n" * 64, "HS256")) == "alice"
    assert both.user(jwt.encode(claims(), "o" * 64, "HS256")) == "alice"
    assert_refused(jwt.encode(claims(), "x" * 64, "HS256"), both)


def test_a_token_of_a_secret_newer_than_the_known_ones_is_valid(aws: None) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="s", SecretString="o" * 64)
    clock = [0.0]
    keys = SecretsManagerKeys(lambda: client, "s", lambda: clock[0])
    verifier = LoginVerifier(SharedSecret(keys), LOGIN)
    newer = jwt.encode(claims(), "n" * 64, "HS256")
    assert_refused(newer, verifier)
    client.put_secret_value(SecretId="s", SecretString="n" * 64)
    clock[0] += UNKNOWN_KID_SECONDS
    assert verifier.user(newer) == "alice"


def test_a_secret_that_is_too_short_verifies_no_token(logged: list[dict[str, Any]]) -> None:
    forged = hs256(b"none", {})
    after_a_change = HeldKeys(Key("v2", "n" * 64), Key("v1", "none"))
    assert_refused(forged, identity(keys=SharedSecret(after_a_change)))
    assert logged == []
    verifier = identity(keys=SharedSecret(HeldKeys(Key("v1", "none"))))
    with pytest.raises(Unavailable, match="No login is connected"):
        verifier.user(hs256(b"none", {}))
    assert [line["message"] for line in logged] == ["identity_secret_too_short"]
