"""Parses an unverified JWT in compact form (RFC 7515 section 3.1)."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from chatcore.auth.tokens import strict_header
from chatcore.errors import Unauthenticated


@dataclass(frozen=True)
class UnverifiedToken:
    """The header and claims of a token whose signature has not been checked."""

    header: dict[str, Any]
    claims: dict[str, Any]


def parse_unverified(token: str) -> UnverifiedToken:
    """Parse an unverified JWT, accepting only what every parser reads in the same way.

    Raise `Unauthenticated` for what `strict_header` refuses, for a payload that is not a JSON
    object, for a duplicate member (RFC 7515 section 4, RFC 7519 section 4), and for `crit`, because
    no extension is supported (RFC 7515 section 4.1.11).
    """
    strict_header(token)
    header, claims = (_json_object(segment) for segment in token.split(".")[:2])
    if "crit" in header:
        raise Unauthenticated
    return UnverifiedToken(header, claims)


def algorithm_of(name: object) -> object:
    """Return PyJWT's name for an algorithm. Ed25519 has a second name (RFC 9864 section 2.2)."""
    return "EdDSA" if name == "Ed25519" else name


def _json_object(segment: str) -> dict[str, Any]:
    try:
        decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        # With bytes, json.loads would also try UTF-16 and UTF-32.
        value = json.loads(
            decoded.decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise Unauthenticated from None
    if not isinstance(value, dict):
        raise Unauthenticated
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse_constant(constant: str) -> float:
    """Refuse NaN and the infinities, which Python's parser accepts and RFC 8259 does not."""
    raise ValueError(constant)
