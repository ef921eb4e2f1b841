"""The claims that a login token must have."""

import json
from typing import Any

import jwt
import pytest

from chatcore.auth.identity import LATEST_TIME, LEEWAY_SECONDS, Login
from tests.unit.chatcore.login_tokens import (
    NOW,
    SIGNING,
    StaticKeys,
    assert_refused,
    identity,
    token,
)
from tests.unit.chatcore.logins import ISSUER


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://login.example.com"},
        {"iss": None},
        {"aud": "application"},
        {"aud": "ap"},
        {"aud": ""},
        {"aud": []},
        {"aud": ["application", "other"]},
        {"aud": ["app", 7]},
        {"aud": [["app"]]},
        {"aud": {"app": 1}},
        {"aud": None},
        {"aud": None, "azp": "app"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["alice"]},
        {"sub": "x" * 257},
        {"sub": "é" * 129},
        {"sub": "alice\x00"},
        {"sub": "alice\nbob"},
        {"sub": "alice\x7f"},
        {"sub": "alice\x85"},
        {"sub": "\ud800"},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(changes: dict[str, Any]) -> None:
    assert_refused(token(**changes))


@pytest.mark.parametrize("user", ["x" * 256, "é" * 128, "auth0|5f7c", "a b", "../b#c", "名前"])
def test_a_user_id_may_be_any_text_of_256_bytes(user: str) -> None:
    assert identity().user(token(sub=user)) == user


def test_one_of_several_audiences_is_enough() -> None:
    assert identity().user(token(aud=["other", "app"])) == "alice"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": NOW - LEEWAY_SECONDS},
        {"nbf": NOW + LEEWAY_SECONDS + 1},
        {"iat": NOW + LEEWAY_SECONDS + 1},
    ],
)
def test_a_token_is_refused_outside_its_time_and_without_an_expiry(changes: dict[str, Any]) -> None:
    assert_refused(token(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - LEEWAY_SECONDS + 1},
        {"exp": NOW + 0.5},
        {"exp": LATEST_TIME},
        {"nbf": NOW + LEEWAY_SECONDS},
        {"iat": NOW + LEEWAY_SECONDS},
        {"iat": None},
        {"iat": 0},
    ],
)
def test_clocks_may_be_half_a_minute_apart(changes: dict[str, Any]) -> None:
    assert identity().user(token(**changes)) == "alice"


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "value",
    ["soon", str(NOW), True, [NOW], {}, -1, -0.5, LATEST_TIME + 1, NOW * 1000, 10**400, 1e300],
)
def test_a_value_that_is_not_a_time_is_refused(name: str, value: object) -> None:
    assert_refused(token(**{name: value}))


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "null", "-0.0001"])
def test_a_time_that_is_no_finite_positive_json_number_is_refused(name: str, value: str) -> None:
    some = {"iss": ISSUER, "aud": "app", "sub": "alice", "exp": NOW + 60}
    some.pop(name, None)
    payload = json.dumps(some)[:-1] + f', "{name}": {value}}}'
    header = {"kid": SIGNING.kid}
    strange = jwt.PyJWS().encode(payload.encode(), SIGNING.private, "EdDSA", headers=header)
    assert_refused(strange)


@pytest.mark.parametrize("claim", ["azp", "client_id"])
def test_the_audience_may_be_in_another_claim(claim: Any) -> None:
    verifier = identity(Login(ISSUER, "app", audience_claim=claim))
    assert verifier.user(token(aud=None, **{claim: "app"})) == "alice"
    for wrong in ("application", "", 7, ["app"], None):
        assert_refused(token(aud="app", **{claim: wrong}), verifier)


def test_another_claim_may_hold_the_user_id() -> None:
    verifier = identity(Login(ISSUER, "app", user_claim="https://example.com/id"))
    assert verifier.user(token(**{"https://example.com/id": "7"})) == "7"
    for wrong in (None, "", 7, "x" * 257, "a\tb"):
        assert_refused(token(**{"https://example.com/id": wrong}), verifier)
    for subject in (None, "", 7):
        assert_refused(token(sub=subject, **{"https://example.com/id": "7"}), verifier)


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/at+jwt"])
def test_login_tokens_may_declare_their_type(typ: str) -> None:
    signed = SIGNING.token({"typ": typ}, iat=NOW, exp=NOW + 60)
    assert identity().user(signed) == "alice"


@pytest.mark.parametrize("typ", ["logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", 7, ["JWT"]])
def test_a_token_of_another_type_is_refused(typ: object) -> None:
    assert_refused(SIGNING.token({"typ": typ}, iat=NOW, exp=NOW + 60))


def test_no_key_is_looked_up_for_a_token_with_invalid_claims() -> None:
    keys = StaticKeys(SIGNING)
    verifier = identity(keys=keys)
    for hopeless in (token(iss="other"), token(exp=NOW - 3600), token(aud="other")):
        assert_refused(hopeless, verifier)
    assert keys.lookups == 0
