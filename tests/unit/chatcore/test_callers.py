"""Which tokens identify a caller, and how devices are distinguished."""

import time

import jwt
import pytest

from chatcore.auth.callers import Callers
from chatcore.auth.identity import IdentityVerifier, Login, LoginVerifier, SharedSecret
from chatcore.auth.keys import Key, Keys
from chatcore.auth.tokens import CLIENT_SECRET, ISSUER, TOOL_TOKEN
from chatcore.errors import Unauthenticated
from chatcore.gate.admission import Requester
from tests.conftest import HeldKeys

SECRET = Key("login", "l" * 64)


@pytest.fixture
def identity() -> IdentityVerifier:
    return LoginVerifier(SharedSecret(HeldKeys(SECRET)), Login("login", "app"))


def login_token(secret: str = SECRET.secret, issuer: str = "login", **more: str) -> str:
    claims = {"iss": issuer, "aud": "app", "sub": "alice", "exp": time.time() + 3600, **more}
    return jwt.encode(claims, secret, "HS256")


def client_secret(keys: Keys) -> str:
    return CLIENT_SECRET.mint(keys.current(), "alice", sid="sess_1").token


def test_a_client_secret_identifies_user_and_session(
    keys: Keys, identity: IdentityVerifier
) -> None:
    for accepted in (None, identity):
        caller = Callers(keys, accepted).of(f"Bearer {client_secret(keys)}")
        assert caller == Requester("alice", "sess_1")


def test_an_identity_token_identifies_a_user_without_a_session(
    keys: Keys, identity: IdentityVerifier
) -> None:
    caller = Callers(keys, identity).of(f"Bearer {login_token()}")
    assert caller == Requester("alice", None)


def test_devices_are_distinguished_by_the_logins_session_or_its_token(
    keys: Keys, identity: IdentityVerifier
) -> None:
    callers = Callers(keys, identity)

    def device(**claims: str) -> str:
        return callers.of(f"Bearer {login_token(**claims)}").device

    assert device(sid="phone") == device(sid="phone", jti="renewed") != device(sid="desk")
    assert device(jti="one") != device(jti="two")
    again = login_token()
    assert callers.of(f"Bearer {again}").device == callers.of(f"Bearer {again}").device


def test_devices_are_distinguished_by_their_sessions(keys: Keys) -> None:
    devices = {
        Callers(keys, None)
        .of(f"Bearer {CLIENT_SECRET.mint(keys.current(), 'alice', sid=sid).token}")
        .device
        for sid in ("sess_1", "sess_1", "sess_2")
    }
    assert len(devices) == 2


def test_an_identity_token_is_refused_where_only_client_secrets_are_accepted(keys: Keys) -> None:
    with pytest.raises(Unauthenticated):
        Callers(keys, None).of(f"Bearer {login_token()}")


def test_a_token_is_verified_as_one_kind_and_never_as_the_other(
    keys: Keys, identity: IdentityVerifier
) -> None:
    callers = Callers(keys, identity)
    ours, logins = keys.current(), SECRET
    claims = jwt.decode(client_secret(keys), options={"verify_signature": False})
    for forged in (
        # The login's secret cannot sign client_secrets, nor ours login tokens.
        CLIENT_SECRET.mint(Key(ours.kid, logins.secret), "alice", sid="sess_1").token,
        login_token(ours.secret),
        login_token(issuer=ISSUER),
        jwt.encode(claims | {"iss": "login"}, ours.secret, "HS256", headers={"kid": ours.kid}),
        TOOL_TOKEN.mint(ours, "alice", scope="tasks").token,
    ):
        with pytest.raises(Unauthenticated):
            callers.of(f"Bearer {forged}")


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Basic x", "Bearer x", "Bearer a.b.c"]
)
def test_a_request_without_a_token_is_refused(
    keys: Keys, identity: IdentityVerifier, authorization: str | None
) -> None:
    for accepted in (None, identity):
        with pytest.raises(Unauthenticated):
            Callers(keys, accepted).of(authorization)
