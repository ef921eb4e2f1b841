"""Identifies the caller by a client_secret or, where accepted, by an identity token."""

from hashlib import sha256

from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET, ISSUER, bearer
from chatcore.auth.unverified import parse_unverified
from chatcore.gate.admission import Requester


class Callers:
    """Verifies each token as the kind that its issuer implies, and never as the other kind.

    Without an identity verifier, only client_secrets are accepted.
    """

    def __init__(self, keys: Keys, identity: IdentityVerifier | None) -> None:
        self._keys = keys
        self._identity = identity

    def of(self, authorization: str | None) -> Requester:
        """Return the caller of a request with this Authorization header.

        Block while keys are read. Raise `Unauthenticated`, or `Unavailable` if there is no key.
        """
        token = bearer(authorization)
        if self._identity is not None and parse_unverified(token).claims.get("iss") != ISSUER:
            return Requester(self._identity.user(token), None, _device(token))
        claims = CLIENT_SECRET.verify(self._keys, token)
        return Requester(claims["sub"], claims["sid"], claims["sid"])


def _device(token: str) -> str:
    """Return a digest of the login's session (OpenID Connect's `sid`), or else of the token."""
    sid = parse_unverified(token).claims.get("sid")
    return sha256((sid if isinstance(sid, str) and sid else token).encode()).hexdigest()
