"""Tokens that misuse a login's published keys, for example as a secret (RFC 8725, 2.1).

These tests run in this process, because the running stack's login shares a secret.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mangum import Mangum

from chatcore.auth.identity import Login, LoginVerifier
from chatcore.auth.jwk_set import read_jwk_set
from chatcore.auth.keys import Keys
from chatcore.auth.published_keys import PublishedKeys
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from session_api.routes import create_session_app
from session_api.sessions import Sessions
from tests.system.security.jws import base64url
from tests.unit.chatcore.logins import ISSUER, JwksServer, SigningKey, claims, ed25519, p256, rsa

type Answer = dict[str, Any]
type Ask = Callable[[str], Answer]

SIGNING = {"k1": rsa("k1"), "k2": p256("k2"), "k3": ed25519("k3")}
ELSEWHERE = "http://127.0.0.1:1/jwks.json"


@pytest.fixture
def published() -> Iterator[JwksServer]:
    server = JwksServer()
    with server.running():
        server.publish(*SIGNING.values())
        yield server


@pytest.fixture
def ask(
    published: JwksServer,
    keys: Keys,
    gate: Gate,
    event: Callable[..., dict[str, Any]],
    current_loop: None,
) -> Callable[[str], Answer]:
    identity = LoginVerifier(
        PublishedKeys(partial(read_jwk_set, published.url)), Login(ISSUER, "app")
    )
    app = create_session_app(identity, Sessions(keys, gate, Limits()), allowed_origins=())
    handler = Mangum(app, lifespan="off")

    def ask(token: str) -> Answer:
        context: Any = object()
        answer: Answer = handler(event("session-create", token), context)
        return answer

    return ask


def hmac_token(algorithm: str, kid: str, secret: bytes) -> str:
    """Return a token signed by HMAC with a public value, which PyJWT would refuse to sign."""
    header = {"alg": algorithm, "kid": kid, "typ": "JWT"}
    parts = [json.dumps(part).encode() for part in (header, claims())]
    text = ".".join(map(base64url, parts))
    digest = getattr(hashlib, {"HS384": "sha384", "HS512": "sha512"}.get(algorithm, "sha256"))
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), digest))}"


def public_forms(signing: SigningKey) -> dict[str, bytes]:
    """Return the public key in each common format."""
    public = signing.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "PEM": pem,
        "PEM without its end": pem.strip(),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "JWK": json.dumps(signing.jwk()).encode(),
        "number": str(signing.jwk().get("n") or signing.jwk()["x"]).encode(),
    }


def confused(kid: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each token that uses a public key as a secret."""
    signing = SIGNING[kid]
    for form, public in public_forms(signing).items():
        for algorithm in ("HS256", "HS384", "HS512", signing.algorithm):
            yield f"{algorithm} with the {form}", hmac_token(algorithm, kid, public)


ATTACKERS_KEYS = {"k1": rsa("attacker"), "k2": p256("attacker"), "k3": ed25519("attacker")}
FORGED = {
    "my key under a known kid": [key.token({"kid": kid}) for kid, key in ATTACKERS_KEYS.items()],
    "my key, named in the token": [
        key.token({"kid": kid, "jwk": key.jwk()}) for kid, key in ATTACKERS_KEYS.items()
    ],
    "my key, published elsewhere": [
        key.token({"kid": "attacker", "jku": ELSEWHERE, "x5u": ELSEWHERE})
        for key in ATTACKERS_KEYS.values()
    ],
    "an unknown kid": [
        key.token({"kid": kid}) for kid in ("", "../k1", "k1\0", "*") for key in SIGNING.values()
    ],
    "no kid, although several keys are published": [
        jwt.encode(claims(), key.private, key.algorithm) for key in SIGNING.values()
    ],
    "a key under another's kid": [
        SIGNING["k1"].token({"kid": "k2"}),
        SIGNING["k2"].token({"kid": "k3"}),
        SIGNING["k3"].token({"kid": "k1"}),
    ],
    "the login's own key with another algorithm": [
        jwt.encode(claims(), SIGNING["k1"].private, "RS512", headers={"kid": "k1"}),
        jwt.encode(claims(), SIGNING["k1"].private, "PS256", headers={"kid": "k1"}),
    ],
}


@pytest.mark.parametrize("kid", SIGNING)
def test_the_logins_own_tokens_are_accepted(ask: Ask, kid: str) -> None:
    assert ask(SIGNING[kid].token())["statusCode"] == 201


@pytest.mark.parametrize("kid", SIGNING)
def test_a_public_key_is_not_accepted_as_a_secret(ask: Ask, gate: Gate, kid: str) -> None:
    for attack, token in confused(kid):
        assert ask(token)["statusCode"] == 401, attack
    assert not gate.row("alice").exists


@pytest.mark.parametrize("attack", FORGED)
def test_a_token_of_another_key_or_algorithm_is_refused(ask: Ask, gate: Gate, attack: str) -> None:
    for token in FORGED[attack]:
        assert ask(token)["statusCode"] == 401
    assert not gate.row("alice").exists


def test_no_address_in_a_token_is_requested(ask: Ask, published: JwksServer) -> None:
    key = rsa("attacker")
    for name in ("jku", "x5u", "kid", "iss"):
        spying = f"{published.address}/spied-{name}"
        headers = {"kid": "k1"} | ({} if name == "iss" else {name: spying})
        token = key.token(headers, **({"iss": spying} if name == "iss" else {}))
        assert ask(token)["statusCode"] == 401
    assert set(published.requests) == {"/jwks.json"}
