"""Which signatures and algorithms make a login token valid."""

import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chatcore.auth.identity import LoginVerifier
from chatcore.auth.jwk_set import verifying_key
from tests.unit.chatcore.login_tokens import (
    LOGIN,
    NOW,
    SIGNING,
    AnyKidKeys,
    StaticKeys,
    assert_refused,
    hs256,
    identity,
    signed_under,
)
from tests.unit.chatcore.logins import SigningKey, ed25519, p256, rsa


@pytest.mark.parametrize("signing", [rsa(), p256(), ed25519()])
def test_a_token_is_verified_with_the_algorithm_of_its_key(signing: SigningKey) -> None:
    verifier = LoginVerifier(StaticKeys(signing), LOGIN)
    assert verifier.user(signing.token()) == "alice"


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
        assert_refused(forged, identity(keys=StaticKeys(signing)))


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", "RS256", "ES256", "HS256", None, 7, ["EdDSA"], {}]
)
def test_the_key_determines_the_algorithm(alg: object) -> None:
    assert_refused(signed_under(SIGNING, alg))


@pytest.mark.parametrize("published", ["EdDSA", "Ed25519", None])
@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_an_ed25519_token_may_use_either_name(alg: str, published: str | None) -> None:
    key = verifying_key(SIGNING.jwk(alg=published))
    assert key is not None
    verifier = identity(keys=AnyKidKeys(key))
    assert verifier.user(signed_under(SIGNING, alg)) == "alice"


@pytest.mark.parametrize("alg", ["ed25519", "Ed448", "EDDSA", "ES256"])
def test_no_other_algorithm_name_means_ed25519(alg: str) -> None:
    assert_refused(signed_under(SIGNING, alg))


@pytest.mark.parametrize("signing", [rsa(), p256()])
def test_the_name_ed25519_fits_no_other_key(signing: SigningKey) -> None:
    verifier = identity(keys=StaticKeys(signing))
    assert verifier.user(signed_under(signing, signing.algorithm)) == "alice"
    assert_refused(signed_under(signing, "Ed25519"), verifier)


def test_a_token_of_another_key_with_the_same_kid_is_refused() -> None:
    assert_refused(ed25519("k1 of another login").token({"kid": "k1"}, iat=NOW, exp=NOW + 60))
