"""The settings of docs/guides/identity.md, with key sets and tokens of these logins."""

import pytest

from chatcore.auth.identity import LoginVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.login import IdentitySettings, create_login_verifier
from chatcore.errors import Unauthenticated
from tests.unit.chatcore.logins import JwksServer
from tests.unit.chatcore.provider_shapes import SHAPES, Json, Shape


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> Shape:
    return SHAPES[request.param]


@pytest.fixture
def login(shape: Shape, jwks_server: JwksServer, keys: Keys) -> LoginVerifier:
    """Return a verifier with the page's settings that reads its keys over HTTP."""
    jwks_server.publish(*shape.keys)
    return create_login_verifier(
        IdentitySettings.from_environ(shape.environ(jwks_server.address)), keys
    )


def test_a_token_of_the_login_identifies_its_user(
    shape: Shape, login: LoginVerifier, jwks_server: JwksServer
) -> None:
    assert login.user(shape.token()) == shape.claims["sub"]
    assert jwks_server.requests == [shape.path]


def test_a_token_for_another_app_or_of_another_login_or_an_expired_one_is_refused(
    shape: Shape, login: LoginVerifier
) -> None:
    claim = next(name for name in ("aud", "azp", "client_id") if name in shape.claims)
    others: list[Json] = [
        {claim: "another app"},
        {claim: None},
        {"iss": "https://evil.example"},
        # In the past.
        {"exp": 1_795_000_000},
    ]
    for changes in others:
        with pytest.raises(Unauthenticated):
            login.user(shape.token(**changes))


@pytest.mark.parametrize(("claim", "kind"), [("client_id", "ID"), ("aud", "access")])
def test_only_one_of_cognitos_two_token_kinds_is_accepted(
    claim: str, kind: str, jwks_server: JwksServer, keys: Keys
) -> None:
    other = SHAPES[f"Cognito, {kind} token"]
    jwks_server.publish(*other.keys)
    environ = other.environ(jwks_server.address) | {"IDENTITY_AUDIENCE_CLAIM": claim}
    login = create_login_verifier(IdentitySettings.from_environ(environ), keys)
    with pytest.raises(Unauthenticated):
        login.user(other.token())
