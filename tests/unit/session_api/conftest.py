"""The session function as Lambda calls it, with a test login and table."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from mangum import Mangum

from chatcore.auth.identity import Login, LoginVerifier, SharedSecret
from chatcore.auth.keys import Key, Keys
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from session_api.routes import create_session_app
from session_api.sessions import Sessions
from tests.conftest import HeldKeys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ORIGIN = "http://127.0.0.1:8000"
LOGIN = Key("login", "l" * 64)
LIMITS = Limits(session_per_minute=5, user_per_minute=10, tokens_per_day=1000)

type Call = Callable[[dict[str, Any]], dict[str, Any]]
type LoginToken = Callable[..., str]


class Context:
    """An empty Lambda context. Mangum requires one."""


@pytest.fixture
def gate(create_table: Callable[[str], None], dynamodb: "DynamoDBClient") -> Gate:
    create_table("Sessions")
    return Gate(GateTable(lambda: dynamodb, "Sessions"), LIMITS)


@pytest.fixture
def identity() -> LoginVerifier:
    return LoginVerifier(SharedSecret(HeldKeys(LOGIN)), Login("login", "app"))


@pytest.fixture
def call(keys: Keys, identity: LoginVerifier, gate: Gate, current_loop: None) -> Call:
    app = create_session_app(identity, Sessions(keys, gate, LIMITS), allowed_origins=(ORIGIN,))
    handler = Mangum(app, lifespan="off")

    def call(event: dict[str, Any]) -> dict[str, Any]:
        context: Any = Context()
        answer: dict[str, Any] = handler(event, context)
        return answer

    return call


@pytest.fixture
def login_token() -> LoginToken:
    """Return a function that signs in a user."""

    def sign(user: str = "alice") -> str:
        claims = {"iss": "login", "aud": "app", "sub": user, "exp": time.time() + 3600}
        return jwt.encode(claims, LOGIN.secret, "HS256")

    return sign
