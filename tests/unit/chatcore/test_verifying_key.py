"""Which published keys verify tokens, and with which algorithm."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from chatcore.auth.jwk_set import verifying_key
from tests.unit.chatcore.logins import SigningKey, ed25519, p256, rsa


@pytest.mark.parametrize("make", [rsa, p256, ed25519])
def test_a_key_is_bound_to_the_one_algorithm_of_its_type(make: Callable[[], SigningKey]) -> None:
    signing = make()
    key = verifying_key(signing.jwk(alg=None, use=None))
    assert key is not None
    assert (key.algorithm_name, key.key_id) == (signing.algorithm, "k1")


@pytest.mark.parametrize(
    "jwk",
    [
        rsa().jwk(use="enc"),
        rsa().jwk(alg="RS512"),
        rsa().jwk(alg="PS256"),
        rsa().jwk(alg="RSA-OAEP-256"),
        rsa().jwk(alg="HS256"),
        rsa().jwk(key_ops=["encrypt"]),
        rsa().jwk(key_ops="verify"),
        rsa().jwk(key_ops=[]),
        rsa().jwk(key_ops=["sign"]),
        rsa().jwk(key_ops={"verify": True}),
        rsa().jwk(use=""),
        rsa().jwk(use="SIG"),
        rsa().jwk(use=["sig"]),
        rsa().jwk(alg=""),
        rsa().jwk(alg="rs256"),
        rsa().jwk(alg=["RS256"]),
        rsa().jwk(alg={}),
        rsa().jwk(alg="EdDSA"),
        rsa().jwk(alg="Ed25519"),
        p256().jwk(alg="Ed25519"),
        ed25519().jwk(alg="ed25519"),
        ed25519().jwk(alg="Ed448"),
        ed25519().jwk(crv=None),
        rsa().jwk(n=None),
        rsa().jwk(kty=None),
        {"kty": "RSA", "x5c": ["MIIB"], "alg": "RS256"},
        rsa().jwk(n=7),
        rsa().jwk(n="AQAB"),
        rsa(bits=1024).jwk(),
        p256().jwk(crv="secp256k1", alg="ES256K"),
        p256().jwk(x="AAAA"),
        p256().jwk(y=p256().jwk()["x"]),
        ECAlgorithm.to_jwk(generate_private_key(SECP384R1()).public_key(), as_dict=True),
        OKPAlgorithm.to_jwk(Ed448PrivateKey.generate().public_key(), as_dict=True),
        ed25519().jwk(crv="X25519"),
        ed25519().jwk(x=None),
        {"kty": "oct", "k": "c" * 64, "kid": "k1"},
        {"kty": ["RSA"]},
        {},
    ],
)
def test_a_key_for_another_use_is_not_used(jwk: dict[str, Any]) -> None:
    assert verifying_key(jwk) is None


def test_a_published_private_key_is_used_only_to_verify() -> None:
    published = ed25519().jwk(d="A" * 43, key_ops=["verify"])
    key = verifying_key(published)
    assert key is not None
    with pytest.raises(AttributeError):
        jwt.encode({}, key.key, "EdDSA")


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_ed25519_has_two_names(alg: str) -> None:
    # RFC 9864 section 2.2.
    key = verifying_key(ed25519().jwk(alg=alg))
    assert key is not None
    assert key.algorithm_name == "EdDSA"


@pytest.mark.parametrize("make", [rsa, p256, ed25519])
def test_a_null_member_is_ignored(make: Callable[[], SigningKey]) -> None:
    names = ("alg", "use", "key_ops", "x5c", "x5t", "ext", "kid")
    key = verifying_key(make().jwk(**dict.fromkeys(names)))
    assert key is not None
    assert key.key_id is None


@pytest.mark.parametrize("crv", [None, "P-256", "Ed25519"])
def test_a_curve_on_an_rsa_key_is_ignored(crv: str | None) -> None:
    assert verifying_key(rsa().jwk(crv=crv)) is not None


@pytest.mark.parametrize("members", [{"ext": True}, {"key_ops": ["verify"]}, {"x5c": 7}])
def test_unknown_members_are_ignored(members: dict[str, Any]) -> None:
    assert verifying_key(p256().jwk(**members)) is not None


@pytest.mark.parametrize("kid", [7, ["k1"], {}, True])
def test_a_kid_that_is_not_a_string_is_ignored(kid: object) -> None:
    key = verifying_key(p256().jwk(kid=kid))
    assert key is not None
    assert key.key_id is None
