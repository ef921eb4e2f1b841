"""Tokens as an attacker writes them: any header, any claims, any signature."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import Any

ATTACKERS_SECRET = "k" * 64


@dataclass(frozen=True)
class Jws:
    """The parts of a token. Members with the value None are left out.

    `secret` is the key of an HMAC with `hash`. A `raw_…` text replaces the whole part.
    """

    header: dict[str, Any]
    claims: dict[str, Any]
    secret: str = ATTACKERS_SECRET
    hash: str = "sha256"
    raw_header: str | None = None
    raw_claims: str | None = None

    def with_header(self, **changes: Any) -> "Jws":
        return replace(self, header=self.header | changes)

    def with_claims(self, **changes: Any) -> "Jws":
        return replace(self, claims=self.claims | changes)

    def forged(self, **header: Any) -> "Jws":
        """Return the same token, signed by an attacker without any of our keys."""
        return replace(self.with_header(**header), secret=ATTACKERS_SECRET)

    @property
    def signed(self) -> str:
        text = self.unsigned
        digest = hmac.digest(self.secret.encode(), text.encode(), getattr(hashlib, self.hash))
        return f"{text}.{base64url(digest)}"

    @property
    def unsigned(self) -> str:
        header = self.raw_header or _json(self.header)
        claims = self.raw_claims or _json(self.claims)
        return f"{base64url(header.encode())}.{base64url(claims.encode())}"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(members: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in members.items() if value is not None})
