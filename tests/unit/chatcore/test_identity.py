"""Which login tokens are valid."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chatcore.auth.identity import (
    LATEST_TIME,
    LEEWAY_SECONDS,
    Identity,
    Login,
    LoginKeys,
    SharedSecret,
)
from chatcore.auth.jwk_set import verifying_key
from chatcore.auth.keys import UNKNOWN_KID_SECONDS, Key, Keys, SecretsManagerKeys
from chatcore.auth.tokens import CLIENT_SECRET, TOOL_TOKEN
from chatcore.errors import Unauthenticated, Unavailable
from tests.unit.chatcore.logins import ISSUER, SigningKey, claims, ed25519, p256, rsa

NOW = 1_800_000_000.0
LOGIN = Login(ISSUER, "app")
SIGNING = ed25519()


class Published:
    """Publishes the public keys of signing keys, and counts lookups."""

    def __init__(self, *signing: SigningKey) -> None:
        self._keys = [verifying_key(each.jwk()) for each in signing]
        self.asked = 0

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        self.asked += 1
        return (key for key in self._keys if key is not None and key.key_id == kid)


class Holding:
    """Returns these keys for any kid."""

    def __init__(self, *keys: jwt.PyJWK) -> None:
        self._keys = keys

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        yield from self._keys


def identity(login: Login = LOGIN, keys: LoginKeys | None = None) -> Identity:
    return Identity(keys or Published(SIGNING), login, lambda: NOW)


def token(**changes: Any) -> str:
    return SIGNING.token(**{"iat": NOW, "exp": NOW + 60} | changes)


def assert_refused(login_token: str, verifier: Identity | None = None) -> None:
    with pytest.raises(Unauthenticated):
        (verifier or identity()).user(login_token)


@pytest.mark.parametrize("signing", [rsa(), p256(), ed25519()])
def test_a_token_is_verified_with_the_algorithm_of_its_key(signing: SigningKey) -> None:
    verifier = Identity(Published(signing), LOGIN)
    assert verifier.user(signing.token()) == "alice"


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
def test_a_token_is_refused_before_and_after_its_time(changes: dict[str, Any]) -> None:
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
def test_a_time_that_json_writes_strangely_is_refused(name: str, value: str) -> None:
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


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_inside_the_token_is_not_used(header: str) -> None:
    other = ed25519("other")
    brought = {
        "jwk": other.jwk(kid=SIGNING.kid),
        "jku": "http://127.0.0.1:9/jwks.json",
        "x5u": "http://127.0.0.1:9/cert.pem",
        "x5c": ["MIIB"],
    }
    headers = {"kid": SIGNING.kid, header: brought[header]}
    assert_refused(other.token(headers, iat=NOW, exp=NOW + 60))


def test_a_critical_extension_is_refused() -> None:
    headers = {"crit": ["b64"], "b64": True}
    assert_refused(SIGNING.token(headers, iat=NOW, exp=NOW + 60))


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    signing = rsa()
    public = signing.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, pem.strip(), der, json.dumps(signing.jwk()).encode()):
        forged = hs256(secret, {"kid": signing.kid})
        assert_refused(forged, identity(keys=Published(signing)))


def hs256(secret: bytes, header: dict[str, Any]) -> str:
    """Return a token signed with HMAC, without PyJWT's checks of the key."""
    key = jwt.PyJWK({"kty": "oct", "k": encoded(secret)}, "HS256")
    parts = [{"alg": "HS256", **header}, claims(iat=NOW, exp=NOW + 60)]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{encoded(key.Algorithm.sign(signed.encode(), secret))}"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", "RS256", "ES256", "HS256", None, 7, ["EdDSA"], {}]
)
def test_the_key_determines_the_algorithm(alg: object) -> None:
    _, payload, signature = token().split(".")
    header = encoded(json.dumps({"alg": alg, "kid": SIGNING.kid}).encode())
    assert_refused(f"{header}.{payload}.{signature}")


@pytest.mark.parametrize("published", ["EdDSA", "Ed25519", None])
@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_an_ed25519_token_may_use_either_name(alg: str, published: str | None) -> None:
    key = verifying_key(SIGNING.jwk(alg=published))
    assert key is not None
    verifier = identity(keys=Holding(key))
    assert verifier.user(SIGNING.token({"alg": alg}, iat=NOW, exp=NOW + 60)) == "alice"


@pytest.mark.parametrize("alg", ["ed25519", "Ed448", "EDDSA", "ES256"])
def test_no_other_algorithm_name_means_ed25519(alg: str) -> None:
    _, payload, signature = token().split(".")
    header = encoded(json.dumps({"alg": alg, "kid": SIGNING.kid}).encode())
    assert_refused(f"{header}.{payload}.{signature}")


def test_the_name_ed25519_fits_no_other_key() -> None:
    for signing in (rsa(), p256()):
        _, payload, _ = signing.token(iat=NOW, exp=NOW + 60).split(".")
        header = encoded(json.dumps({"alg": "Ed25519", "kid": signing.kid}).encode())
        for signed in (encoded(bytes(64)), encoded(b"")):
            forged = f"{header}.{payload}.{signed or 'AA'}"
            assert_refused(forged, identity(keys=Published(signing)))


def test_a_token_of_another_key_with_the_same_kid_is_refused() -> None:
    assert_refused(ed25519("k1 of another login").token({"kid": "k1"}, iat=NOW, exp=NOW + 60))


def test_no_key_is_looked_up_for_a_token_with_invalid_claims() -> None:
    keys = Published(SIGNING)
    verifier = identity(keys=keys)
    for hopeless in (token(iss="other"), token(exp=NOW - 3600), token(aud="other")):
        assert_refused(hopeless, verifier)
    assert keys.asked == 0


def test_our_own_tokens_are_never_login_tokens(keys: Keys) -> None:
    ours = keys.current()
    for kind, more in ((CLIENT_SECRET, {"sid": "s1"}), (TOOL_TOKEN, {"scope": "tasks"})):
        login = Login("chatkit-on-lambda", kind.audience)
        own = kind.mint(ours, "alice", time.time(), **more).token
        assert_refused(own, Identity(SharedSecret(keys), login))


def test_a_shared_secret_verifies_hs256_and_nothing_else(keys: Keys) -> None:
    verifier = Identity(SharedSecret(keys), LOGIN)
    secret = keys.current().secret
    assert verifier.user(jwt.encode(claims(), secret, "HS256")) == "alice"
    assert_refused(jwt.encode(claims(), secret, "HS512"), verifier)
    assert_refused(jwt.encode(claims(), "", "none"), verifier)
    assert_refused(rsa().token(), verifier)


def test_tokens_of_both_secrets_are_valid_during_a_rotation(
    held_keys: Callable[..., Keys],
) -> None:
    both = Identity(SharedSecret(held_keys(Key("v2", "n" * 64), Key("v1", "o" * 64))), LOGIN)
    assert both.user(jwt.encode(claims(), "n" * 64, "HS256")) == "alice"
    assert both.user(jwt.encode(claims(), "o" * 64, "HS256")) == "alice"
    assert_refused(jwt.encode(claims(), "x" * 64, "HS256"), both)


def test_a_token_of_a_secret_newer_than_the_known_ones_is_valid(aws: None) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="s", SecretString="o" * 64)
    clock = [0.0]
    keys = SecretsManagerKeys(lambda: client, "s", lambda: clock[0])
    verifier = Identity(SharedSecret(keys), LOGIN)
    newer = jwt.encode(claims(), "n" * 64, "HS256")
    assert_refused(newer, verifier)
    client.put_secret_value(SecretId="s", SecretString="n" * 64)
    clock[0] += UNKNOWN_KID_SECONDS
    assert verifier.user(newer) == "alice"


def test_a_secret_that_is_too_short_verifies_nothing(
    held_keys: Callable[..., Keys], logged: list[dict[str, Any]]
) -> None:
    forged = hs256(b"none", {})
    after_a_change = held_keys(Key("v2", "n" * 64), Key("v1", "none"))
    assert_refused(forged, identity(keys=SharedSecret(after_a_change)))
    assert logged == []
    verifier = identity(keys=SharedSecret(held_keys(Key("v1", "none"))))
    with pytest.raises(Unavailable, match="No login is connected"):
        verifier.user(hs256(b"none", {}))
    assert [line["message"] for line in logged] == ["identity_secret_too_short"]
