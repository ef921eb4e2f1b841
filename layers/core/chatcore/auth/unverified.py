"""A compact JWS as it reads before anybody believes it (RFC 7515 section 3.1)."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from chatcore.auth.tokens import strict_header
from chatcore.errors import Unauthenticated


@dataclass(frozen=True)
class UnverifiedToken:
    """What a token says of itself; nothing of it is known to be true."""

    header: dict[str, Any]
    claims: dict[str, Any]


def parse_unverified(token: str) -> UnverifiedToken:
    """Read a token whose every reader reads the same.

    Raises `Unauthenticated` for what `strict_header` refuses, for a payload that is no JSON object,
    for a member that is named twice (RFC 7515 section 4, RFC 7519 section 4), and for `crit`:
    no extension is understood here (RFC 7515 section 4.1.11).
    """
    strict_header(token)
    header, claims = (_json_object(segment) for segment in token.split(".")[:2])
    if "crit" in header:
        raise Unauthenticated
    return UnverifiedToken(header, claims)


def algorithm_of(name: object) -> object:
    """Return PyJWT's name of the algorithm; RFC 9864 section 2.2 has a second one for Ed25519."""
    return "EdDSA" if name == "Ed25519" else name


def _json_object(segment: str) -> dict[str, Any]:
    try:
        decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        # Given bytes, json.loads would guess at UTF-16 and UTF-32 as well.
        value = json.loads(
            decoded.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_json
        )
    except (ValueError, RecursionError):
        raise Unauthenticated from None
    if not isinstance(value, dict):
        raise Unauthenticated
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _no_json(constant: str) -> float:
    """NaN and the infinities, which Python's reader takes and RFC 8259 does not know."""
    raise ValueError(constant)
