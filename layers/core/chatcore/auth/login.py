"""The login that the settings connect."""

from functools import partial

from chatcore.auth.identity import AudienceClaim, Identity, Login, SharedSecret
from chatcore.auth.jwk_set import read_jwk_set
from chatcore.auth.keys import Keys
from chatcore.auth.published_keys import PublishedKeys
from chatcore.settings import Settings


class IdentitySettings(Settings):
    """What every function that takes identity tokens needs.

    With a JWKS URL the login's published keys verify; the shared secret is then not looked at.
    """

    identity_issuer: str
    identity_audience: str
    identity_audience_claim: AudienceClaim = "aud"
    identity_user_claim: str = "sub"
    identity_jwks_url: str | None = None
    identity_secret_arn: str


def connected_login(settings: IdentitySettings, secret: Keys) -> Identity:
    """The verifier of the login's tokens; nothing is read before the first of them."""
    url = settings.identity_jwks_url
    return Identity(
        PublishedKeys(partial(read_jwk_set, url)) if url else SharedSecret(secret),
        Login(
            issuer=settings.identity_issuer,
            audience=settings.identity_audience,
            audience_claim=settings.identity_audience_claim,
            user_claim=settings.identity_user_claim,
        ),
    )
