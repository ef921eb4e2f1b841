"""The verifier that the settings create."""

import time

import jwt
import pytest

from chatcore.auth.identity import LoginVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.login import IdentitySettings, create_login_verifier
from chatcore.errors import Unauthenticated
from chatcore.settings import SettingsError
from tests.unit.chatcore.logins import JwksServer, rsa

ISSUER = "https://login.example.com/"
USER = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"


def connected(keys: Keys, **settings: str) -> LoginVerifier:
    environ = {f"IDENTITY_{name}": value for name, value in settings.items()}
    environ["IDENTITY_SECRET_ARN"] = "arn"
    return create_login_verifier(IdentitySettings.from_environ(environ), keys)


def test_without_a_jwks_url_the_shared_secret_verifies(keys: Keys) -> None:
    login = connected(keys, JWKS_URL="", ISSUER=ISSUER, AUDIENCE="app")
    shape = {"iss": ISSUER, "aud": "app", "sub": USER, "exp": time.time() + 3600}
    assert login.user(jwt.encode(shape, keys.current().secret, "HS256")) == USER


def test_with_a_jwks_url_the_shared_secret_verifies_nothing(
    jwks_server: JwksServer, keys: Keys
) -> None:
    jwks_server.publish(rsa())
    login = connected(keys, JWKS_URL=jwks_server.url, ISSUER=ISSUER, AUDIENCE="app")
    shape = {"iss": ISSUER, "aud": "app", "sub": USER, "exp": time.time() + 3600}
    for header in ({}, {"kid": "k1"}, {"kid": keys.current().kid}):
        forged = jwt.encode(shape, keys.current().secret, "HS256", headers=header)
        with pytest.raises(Unauthenticated):
            login.user(forged)


def test_only_three_claims_can_hold_the_audience(keys: Keys) -> None:
    with pytest.raises(SettingsError, match="IDENTITY_AUDIENCE_CLAIM"):
        connected(keys, ISSUER=ISSUER, AUDIENCE="app", AUDIENCE_CLAIM="scope")
