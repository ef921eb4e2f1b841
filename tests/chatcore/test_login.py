"""The login that the settings connect, with the token shapes of common providers."""

import time
from typing import Any

import jwt
import pytest

from chatcore.errors import Unauthenticated
from chatcore.identity import Identity
from chatcore.keys import Keys
from chatcore.login import IdentitySettings, connected_login
from chatcore.settings import SettingsError
from tests.chatcore.logins import JwksServer, SigningKey, ed25519, p256, rsa

COGNITO = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
AUTH0 = "https://example.eu.auth0.com/"
CLERK = "https://clerk.example.com"
BETTER_AUTH = "https://app.example.com"
USER = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"

# Provider → its key, its settings, and a token's claims beside its times.
PROVIDERS: dict[str, tuple[SigningKey, dict[str, str], dict[str, Any]]] = {
    "Cognito, access token": (
        rsa("cognito"),
        {"ISSUER": COGNITO, "AUDIENCE": "1h57kf5cpq17m0", "AUDIENCE_CLAIM": "client_id"},
        {
            "iss": COGNITO,
            "client_id": "1h57kf5cpq17m0",
            "sub": USER,
            "token_use": "access",
            "scope": "openid",
            "username": "alice",
        },
    ),
    "Cognito, ID token": (
        rsa("cognito"),
        {"ISSUER": COGNITO, "AUDIENCE": "1h57kf5cpq17m0"},
        {
            "iss": COGNITO,
            "aud": "1h57kf5cpq17m0",
            "sub": USER,
            "token_use": "id",
            "cognito:username": "alice",
        },
    ),
    "Auth0": (
        rsa("auth0"),
        {"ISSUER": AUTH0, "AUDIENCE": "https://api.example.com"},
        {
            "iss": AUTH0,
            "aud": ["https://api.example.com", f"{AUTH0}userinfo"],
            "azp": "my_client_id",
            "sub": USER,
            "scope": "openid profile",
        },
    ),
    "Clerk": (
        rsa("ins_2abc"),
        {"ISSUER": CLERK, "AUDIENCE": "https://app.example.com", "AUDIENCE_CLAIM": "azp"},
        {"iss": CLERK, "azp": "https://app.example.com", "sub": USER, "sid": "sess_1", "v": 2},
    ),
    "Better Auth, EdDSA": (
        ed25519("better-auth"),
        {"ISSUER": BETTER_AUTH, "AUDIENCE": BETTER_AUTH},
        {"iss": BETTER_AUTH, "aud": BETTER_AUTH, "sub": USER, "email": "alice@example.com"},
    ),
    "Better Auth, ES256": (
        p256("better-auth"),
        {"ISSUER": BETTER_AUTH, "AUDIENCE": BETTER_AUTH, "USER_CLAIM": "id"},
        {"iss": BETTER_AUTH, "aud": BETTER_AUTH, "sub": "other", "id": USER},
    ),
}


def signed(signing: SigningKey, shape: dict[str, Any]) -> str:
    times = {"iat": int(time.time()), "exp": int(time.time()) + 3600}
    return jwt.encode(
        times | shape, signing.private, signing.algorithm, headers={"kid": signing.kid}
    )


def connected(keys: Keys, **settings: str) -> Identity:
    environ = {f"IDENTITY_{name}": value for name, value in settings.items()}
    environ["IDENTITY_SECRET_ARN"] = "arn"
    return connected_login(IdentitySettings.from_environ(environ), keys)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> Any:
    return PROVIDERS[request.param]


def test_the_tokens_of_common_providers_hold_by_settings_alone(
    jwks_server: JwksServer, keys: Keys, provider: Any
) -> None:
    signing, settings, shape = provider
    jwks_server.publish(signing)
    login = connected(keys, JWKS_URL=jwks_server.url, **settings)
    assert login.user(signed(signing, shape)) == USER


def test_the_tokens_of_a_provider_s_other_customers_are_refused(
    jwks_server: JwksServer, keys: Keys, provider: Any
) -> None:
    signing, settings, shape = provider
    jwks_server.publish(signing)
    login = connected(keys, JWKS_URL=jwks_server.url, **settings)
    claim = settings.get("AUDIENCE_CLAIM", "aud")
    for change in ({claim: "another app"}, {claim: None}, {"iss": "https://evil.example"}):
        with pytest.raises(Unauthenticated):
            login.user(signed(signing, shape | change))


def test_without_a_jwks_url_the_shared_secret_verifies(keys: Keys) -> None:
    login = connected(keys, JWKS_URL="", ISSUER=BETTER_AUTH, AUDIENCE=BETTER_AUTH)
    shape = {"iss": BETTER_AUTH, "aud": BETTER_AUTH, "sub": USER, "exp": time.time() + 3600}
    assert login.user(jwt.encode(shape, keys.current().secret, "HS256")) == USER


def test_with_a_jwks_url_the_shared_secret_verifies_nothing(
    jwks_server: JwksServer, keys: Keys
) -> None:
    jwks_server.publish(rsa())
    login = connected(keys, JWKS_URL=jwks_server.url, ISSUER=AUTH0, AUDIENCE="app")
    shape = {"iss": AUTH0, "aud": "app", "sub": USER, "exp": time.time() + 3600}
    for header in ({}, {"kid": "k1"}, {"kid": keys.current().kid}):
        forged = jwt.encode(shape, keys.current().secret, "HS256", headers=header)
        with pytest.raises(Unauthenticated):
            login.user(forged)


def test_another_claim_than_the_three_is_no_audience_claim(keys: Keys) -> None:
    with pytest.raises(SettingsError, match="IDENTITY_AUDIENCE_CLAIM"):
        connected(keys, ISSUER=AUTH0, AUDIENCE="app", AUDIENCE_CLAIM="scope")
