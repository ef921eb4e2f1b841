"""Which of the two ways to verify a login's tokens is deployed."""

from pathlib import Path

import pytest

from stack_deploy.account import Account, NotReady
from stack_deploy.deployment import chosen
from stack_deploy.parameters import Parameter, read_parameters

OTHERS = {
    "ALLOWED_ORIGINS": "https://app.example.com",
    "IDENTITY_ISSUER": "https://login.example.com",
    "IDENTITY_AUDIENCE": "app",
    "OPENAI_API_KEY": "sk-hunter2",
}
URL = {"IDENTITY_JWKS_URL": "https://login.example.com/jwks.json"}
SECRET = {"IDENTITY_SHARED_SECRET": "s" * 32}
EMPTY = Account("123456789012", "eu-central-1", None, has_api_log_role=True)


@pytest.fixture
def parameters() -> list[Parameter]:
    return read_parameters(Path(__file__).parents[2] / "template.yaml")


@pytest.fixture
def standing(parameters: list[Parameter]) -> Account:
    """An account with the stack in it."""
    kept = {parameter.name: "kept" for parameter in parameters}
    return Account("123456789012", "eu-central-1", kept, has_api_log_role=True)


@pytest.mark.parametrize("way", [URL, SECRET])
def test_either_way_alone_is_enough(parameters: list[Parameter], way: dict[str, str]) -> None:
    values = chosen(parameters, OTHERS | way, EMPTY)
    assert set(way.values()) < set(values.values())
    assert len(values) == len(OTHERS) + 2  # the role of the API's logs


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ({}, " is missing"),
        ({"IDENTITY_SHARED_SECRET": "none"}, " is missing"),
        (URL | SECRET, ": export one of them"),
    ],
)
def test_neither_and_both_are_refused(
    parameters: list[Parameter], ways: dict[str, str], told: str
) -> None:
    with pytest.raises(NotReady) as raised:
        chosen(parameters, OTHERS | ways, EMPTY)
    assert f"IDENTITY_JWKS_URL or IDENTITY_SHARED_SECRET{told}" in str(raised.value)


@pytest.mark.parametrize(
    ("ways", "values"),
    [
        (URL, {"IdentityJwksUrl": URL["IDENTITY_JWKS_URL"], "IdentitySharedSecret": "none"}),
        (SECRET, {"IdentityJwksUrl": "", "IdentitySharedSecret": "s" * 32}),
        ({}, {}),
    ],
)
def test_a_stack_that_stands_changes_from_one_way_to_the_other(
    parameters: list[Parameter], standing: Account, ways: dict[str, str], values: dict[str, str]
) -> None:
    assert chosen(parameters, ways, standing) == values


def test_a_stack_that_stands_is_not_left_without_a_way(
    parameters: list[Parameter], standing: Account
) -> None:
    with pytest.raises(NotReady, match="is missing"):
        chosen(parameters, {"IDENTITY_SHARED_SECRET": "none"}, standing)


@pytest.mark.parametrize(
    "url", ["http://login.example.com/jwks", "https://login.example.com", "https://a@b/jwks"]
)
def test_keys_are_read_from_an_address_with_https_and_a_path(
    parameters: list[Parameter], url: str
) -> None:
    with pytest.raises(NotReady, match="IDENTITY_JWKS_URL: must"):
        chosen(parameters, OTHERS | {"IDENTITY_JWKS_URL": url}, EMPTY)
