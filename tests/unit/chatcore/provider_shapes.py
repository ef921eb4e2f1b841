"""Key sets and tokens of common logins, with the settings that the identity guide gives."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from tests.unit.chatcore.logins import SigningKey, ed25519, p256, rsa

PAGE = (Path(__file__).parents[3] / "docs" / "guides" / "identity.md").read_text()
WELL_KNOWN = "/.well-known/jwks.json"
COGNITO = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
UUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"

type Json = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """A login's key set and token. `settings` replaces some of the page's settings."""

    section: str
    path: str
    key: SigningKey
    keys: list[Json]
    header: Json
    claims: Json
    settings: dict[str, str] = field(default_factory=dict)

    def environ(self, address: str) -> dict[str, str]:
        """Return the settings of the page, with the URL of our server for its keys."""
        settings = documented(self.section) | self.settings
        url = urlsplit(settings["IDENTITY_JWKS_URL"])
        assert url.scheme == "https"
        ours = {"IDENTITY_JWKS_URL": address + url.path, "IDENTITY_SECRET_ARN": "arn"}
        return {name: value for name, value in (settings | ours).items() if value}

    def token(self, **changes: Any) -> str:
        """Return a current token with some claims changed or, if None, left out."""
        now = int(time.time())
        claims = {"iat": now, "exp": now + 60} | self.claims | changes
        left_out = {name for name, value in changes.items() if value is None}
        kept = {name: value for name, value in claims.items() if name not in left_out}
        return self.key.signed(kept, self.header)


def documented(section: str) -> dict[str, str]:
    """Return the variables that the first example of a section exports."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    exported: dict[str, str] = {}
    for name, value in re.findall(r"^    export (\w+)=(\S+)$", text, re.MULTILINE):
        exported.setdefault(name, Template(value).substitute(exported))
    return exported


def rsa_jwk(key: SigningKey, **more: Any) -> Json:
    return {name: key.jwk()[name] for name in ("alg", "e", "kid", "kty", "n", "use")} | more


def certified(key: SigningKey) -> Json:
    return rsa_jwk(key, x5t="NjVBRjY5MDlCMUIwNzU4RTA2Qw", x5c=["MIIDBzCCAe+gAwIBAgIJ"])


ID_KEY, ACCESS_KEY = rsa("abcdefgHIJklmnop+/12345678901234567890123456="), rsa("z+/access=")
COGNITO_KEYS = [rsa_jwk(ID_KEY), rsa_jwk(ACCESS_KEY)]
COGNITO_CLAIMS: Json = {
    "sub": UUID,
    "cognito:groups": ["eu-central-1_AbCdEfGhI_Google"],
    "iss": COGNITO,
    "origin_jti": UUID,
    "event_id": UUID,
    "auth_time": 1_795_000_000,
    "jti": UUID,
}
AUTH0_KEY = rsa("NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg")
AUTH0_CLAIMS: Json = {
    "https://example.com/roles": ["editor"],
    "https://example.com/plan": None,
    "iss": "https://example.eu.auth0.com/",
    "sub": "auth0|64f0c2b7a1b2c3d4e5f60718",
    "aud": ["https://api.example.com", "https://example.eu.auth0.com/userinfo"],
    "scope": "openid profile email offline_access",
    "permissions": [],
    "azp": "my_client_id_32_characters_long_",
}
CLERK_KEY = rsa("ins_2abcDEFghiJKLmnoPQRstuVWXyz")
CLERK_HEADER = {"cat": "cl_B7d4PD111AAA", "typ": "JWT"}
CLERK_CLAIMS: Json = {
    "azp": "https://app.example.com",
    "fva": [12, -1],
    "iss": "https://clerk.example.com",
    "jti": "0123456789abcdef0123",
    "nbf": 1_795_000_000,
    "o": {"id": "org_2abc", "rol": "admin", "slg": "acme"},
    "pla": "u:free",
    "sid": "sess_2abcDEFghiJKLmnoPQRstuVWXyz",
    "sts": "active",
    "sub": "user_2abcDEFghiJKLmnoPQRstuVWXyz",
    "v": 2,
}
BETTER_AUTH_KID = "c5c7995d-0037-4553-8aee-b5b620b89b23"
BETTER_AUTH_CLAIMS: Json = {
    "name": "Älice",
    "email": "alice@example.com",
    "emailVerified": False,
    "image": None,
    "createdAt": "2026-11-01T00:00:00.000Z",
    "updatedAt": "2026-11-01T00:00:00.000Z",
    "id": "Yx7pQ3n0kM2vB8sT5wZr1LdE6hUc9aJf",
    "sub": "Yx7pQ3n0kM2vB8sT5wZr1LdE6hUc9aJf",
    "iss": "https://app.example.com",
    "aud": "https://app.example.com",
}


def better_auth(key: SigningKey, named: str, *others: Json, **members: Any) -> Shape:
    """Return Better Auth's key set, which includes the columns of its table."""
    jwk = key.jwk()
    public: Json = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    published: Json = {"alg": named, **public, **members, "kid": key.kid}
    header = {"typ": None, "alg": named}
    return Shape(
        "Better Auth", "/api/auth/jwks", key, [*others, published], header, BETTER_AUTH_CLAIMS
    )


SHAPES = {
    "Cognito, access token": Shape(
        "Amazon Cognito",
        f"/eu-central-1_AbCdEfGhI{WELL_KNOWN}",
        ACCESS_KEY,
        COGNITO_KEYS,
        {"typ": None},
        COGNITO_CLAIMS
        | {
            "version": 2,
            "client_id": "1h57kf5cpq17m0",
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin openid email",
            "username": "alice",
        },
    ),
    "Cognito, ID token": Shape(
        "Amazon Cognito",
        f"/eu-central-1_AbCdEfGhI{WELL_KNOWN}",
        ID_KEY,
        COGNITO_KEYS,
        {"typ": None},
        COGNITO_CLAIMS
        | {
            "at_hash": "AAAAAAAAAAAAAAAAAAAAAA",
            "aud": "1h57kf5cpq17m0",
            "token_use": "id",
            "email_verified": True,
            "cognito:username": "alice",
            "identities": [{"userId": "1", "primary": "true", "dateCreated": "1"}],
            "email": "alice@example.com",
        },
        settings={"IDENTITY_AUDIENCE_CLAIM": ""},
    ),
    "Auth0": Shape(
        "Auth0",
        WELL_KNOWN,
        AUTH0_KEY,
        [certified(AUTH0_KEY), certified(rsa("next"))],
        {"typ": "JWT"},
        AUTH0_CLAIMS,
    ),
    "Auth0, RFC 9068 profile": Shape(
        "Auth0",
        WELL_KNOWN,
        AUTH0_KEY,
        [certified(rsa("previous")), certified(AUTH0_KEY)],
        {"typ": "at+jwt"},
        AUTH0_CLAIMS | {"client_id": AUTH0_CLAIMS["azp"], "jti": "9kK1"},
    ),
    "Clerk, session token": Shape(
        "Clerk", WELL_KNOWN, CLERK_KEY, [rsa_jwk(CLERK_KEY)], CLERK_HEADER, CLERK_CLAIMS
    ),
    "Clerk, session token of version 1": Shape(
        "Clerk",
        WELL_KNOWN,
        CLERK_KEY,
        [rsa_jwk(CLERK_KEY)],
        {"typ": "JWT"},
        {n: v for n, v in CLERK_CLAIMS.items() if n in ("azp", "iss", "nbf", "sid", "sub")}
        | {"org_id": "org_2abc", "org_permissions": ["org:a:b"]},
    ),
    "Clerk, token of a template": Shape(
        "Clerk",
        WELL_KNOWN,
        CLERK_KEY,
        [rsa_jwk(CLERK_KEY)],
        {"cat": "cl_B7d4PD222AAA", "typ": "JWT"},
        {n: v for n, v in CLERK_CLAIMS.items() if n in ("iss", "jti", "nbf", "sub")}
        | {"aud": "chatkit", "azp": "https://pr-1.preview.example.com"},
        settings={"IDENTITY_AUDIENCE_CLAIM": "", "IDENTITY_AUDIENCE": "chatkit"},
    ),
    "Better Auth": better_auth(ed25519(BETTER_AUTH_KID), "EdDSA"),
    "Better Auth, Ed25519 by its own name": better_auth(ed25519(BETTER_AUTH_KID), "Ed25519"),
    "Better Auth, a token named otherwise than its key": better_auth(
        ed25519(BETTER_AUTH_KID), "Ed25519", alg="EdDSA", ext=True, key_ops=["verify"]
    ),
    "Better Auth, ES256, after a change of algorithms": better_auth(
        p256(BETTER_AUTH_KID),
        "ES256",
        {"alg": "EdDSA", "crv": "Ed25519", "kty": "OKP", "x": "AAAA", "kid": "old"},
        {"alg": "ECDH-ES", "crv": "P-256", "kty": "EC", "x": "AAAA", "y": "AAAA", "kid": "older"},
    ),
    "Better Auth, RS256, with what its table leaves empty": better_auth(
        rsa(BETTER_AUTH_KID), "RS256", crv=None, use=None, expiresAt=None
    ),
}
