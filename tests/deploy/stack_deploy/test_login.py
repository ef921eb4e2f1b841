"""The choice between the two ways to verify a login's tokens."""

import pytest

from stack_deploy.account import Account
from tests.deploy.stack_deploy.conftest import OTHERS, Deployment

KEYS_URL = {"IDENTITY_JWKS_URL": "https://login.example.com/jwks.json"}
SECRET = {"IDENTITY_SHARED_SECRET": "s" * 32}
BUILT = {"Architecture": "x86_64"}


@pytest.fixture
def with_secret(deployment: Deployment) -> Account:
    return deployment.existing_stack()


@pytest.fixture
def with_keys(deployment: Deployment) -> Account:
    return deployment.existing_stack(IdentityJwksUrl=KEYS_URL["IDENTITY_JWKS_URL"])


@pytest.mark.parametrize("login", [KEYS_URL, SECRET])
def test_either_way_to_verify_tokens_is_enough(
    deployment: Deployment, login: dict[str, str]
) -> None:
    values = deployment.values(OTHERS | login)
    assert set(login.values()) < set(values.values())
    assert len(values) == len(OTHERS) + 3  # the login, the architecture and the API log role


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        ({}, " is missing"),
        ({"IDENTITY_SHARED_SECRET": "none"}, " is missing"),
        ({"IDENTITY_JWKS_URL": ""}, " is missing"),
        (KEYS_URL | SECRET, ": set only one"),
    ],
)
def test_neither_or_both_ways_are_refused(
    deployment: Deployment, login: dict[str, str], sentence: str
) -> None:
    [refusal] = deployment.refusal(OTHERS | login)
    assert refusal.startswith(f"IDENTITY_JWKS_URL or IDENTITY_SHARED_SECRET{sentence}")


@pytest.mark.parametrize(
    ("login", "values"),
    [
        (KEYS_URL, {"IdentityJwksUrl": KEYS_URL["IDENTITY_JWKS_URL"]}),
        (SECRET, {"IdentitySharedSecret": "s" * 32, "IdentityJwksUrl": ""}),
        (SECRET | {"IDENTITY_JWKS_URL": ""}, {"IdentitySharedSecret": "s" * 32}),
        ({}, {}),
    ],
)
def test_a_secret_replaces_the_published_keys_of_a_stack(
    deployment: Deployment, with_keys: Account, login: dict[str, str], values: dict[str, str]
) -> None:
    chosen = deployment.values(login, with_keys)
    assert values.items() <= chosen.items()
    assert deployment.values({}, with_keys) == BUILT


def test_published_keys_replace_the_secret_of_a_stack(
    deployment: Deployment, with_secret: Account
) -> None:
    values = {"IdentityJwksUrl": KEYS_URL["IDENTITY_JWKS_URL"], "IdentitySharedSecret": "none"}
    assert deployment.values(KEYS_URL, with_secret) == values | BUILT


def test_an_empty_url_keeps_the_secret_of_a_stack(
    deployment: Deployment, with_secret: Account
) -> None:
    values = deployment.values({"IDENTITY_JWKS_URL": ""}, with_secret)
    assert values == {"IdentityJwksUrl": ""} | BUILT


@pytest.mark.parametrize(
    ("existing_stack", "login"),
    [("with_secret", {"IDENTITY_SHARED_SECRET": "none"}), ("with_keys", {"IDENTITY_JWKS_URL": ""})],
)
def test_a_stack_always_keeps_one_way_to_verify_tokens(
    deployment: Deployment,
    request: pytest.FixtureRequest,
    existing_stack: str,
    login: dict[str, str],
) -> None:
    [sentence] = deployment.refusal(login, request.getfixturevalue(existing_stack))
    assert sentence.startswith("IDENTITY_JWKS_URL or IDENTITY_SHARED_SECRET is missing")


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com/jwks",
        "https://login.example.com",
        "https://a@b/jwks",
        "https://login.example.com/\tjwks",
        "https://login.example.com:0/jwks",
    ],
)
def test_keys_are_read_from_an_address_with_https_and_a_path(
    deployment: Deployment, url: str
) -> None:
    [sentence] = deployment.refusal(OTHERS | {"IDENTITY_JWKS_URL": url})
    assert sentence.startswith("IDENTITY_JWKS_URL must be an address ")
