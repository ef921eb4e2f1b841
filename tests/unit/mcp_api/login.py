"""A login whose tokens the MCP function accepts."""

import time
from typing import Any

import jwt

from chatcore.auth.identity import Login, LoginVerifier, SharedSecret
from chatcore.auth.keys import Key
from mcp_api.auth import AuthorizationServer
from tests.conftest import HeldKeys

ISSUER = "https://login.example.com/"
AUDIENCE = "https://chat.example.com/mcp"
SECRET = "l" * 64


def authorization_server() -> AuthorizationServer:
    login = Login(issuer=ISSUER, audience=AUDIENCE)
    identity = LoginVerifier(SharedSecret(HeldKeys(Key("v1", SECRET))), login)
    return AuthorizationServer(identity, ISSUER, AUDIENCE)


def identity_token(**changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 3600}
    return jwt.encode(claims | changes, SECRET, "HS256")


def challenge(answer: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    return str(headers["www-authenticate"])
