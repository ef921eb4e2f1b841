"""Creates the verifier of a login's tokens from the settings."""

from functools import partial

from chatcore.auth.identity import AudienceClaim, Login, LoginVerifier, SharedSecret
from chatcore.auth.jwk_set import read_jwk_set
from chatcore.auth.keys import Keys
from chatcore.auth.published_keys import PublishedKeys
from chatcore.settings import Settings


class IdentitySettings(Settings):
    """Settings of every function that accepts identity tokens.

    With a JWKS URL, tokens are verified with the login's published keys, and the shared secret is
    ignored.
    """

    identity_issuer: str
    identity_audience: str
    identity_audience_claim: AudienceClaim = "aud"
    identity_user_claim: str = "sub"
    identity_jwks_url: str | None = None
    identity_secret_arn: str


def create_login_verifier(settings: IdentitySettings, secret: Keys) -> LoginVerifier:
    """Return the verifier of the login's tokens. It reads the keys when the first token arrives."""
    url = settings.identity_jwks_url
    return LoginVerifier(
        PublishedKeys(partial(read_jwk_set, url)) if url else SharedSecret(secret),
        Login(
            issuer=settings.identity_issuer,
            audience=settings.identity_audience,
            audience_claim=settings.identity_audience_claim,
            user_claim=settings.identity_user_claim,
        ),
    )
