from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from stack_deploy.account import NO_CREDENTIALS, Account, NotReady, look
from stack_deploy.deployment import chosen, told
from stack_deploy.parameters import Parameter, read_parameters

ROOT = Path(__file__).parents[2]
GIVEN = {
    "ALLOWED_ORIGINS": "https://app.example.com",
    "IDENTITY_ISSUER": "https://login.example.com",
    "IDENTITY_AUDIENCE": "app",
    "IDENTITY_SHARED_SECRET": "s" * 32,
    "OPENAI_API_KEY": "sk-hunter2",
}
EMPTY = Account("123456789012", "eu-central-1", None, has_api_log_role=False)


@pytest.fixture
def session() -> Iterator[boto3.session.Session]:
    with mock_aws():
        yield boto3.session.Session(region_name="eu-central-1")


@pytest.fixture
def parameters() -> list[Parameter]:
    return read_parameters(ROOT / "template.yaml")


def stack_with(session: boto3.session.Session, **parameters: str) -> None:
    names = "".join(f"  {name}: {{Type: String}}\n" for name in parameters)
    session.client("cloudformation").create_stack(
        StackName="chatkit",
        TemplateBody=f"Parameters:\n{names}Resources:\n  T: {{Type: 'AWS::SNS::Topic'}}\n",
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    )


def test_variables_are_named_as_the_parameters_in_capitals(parameters: list[Parameter]) -> None:
    variables = {parameter.name: parameter.variable for parameter in parameters}
    assert variables["AllowedOrigins"] == "ALLOWED_ORIGINS"
    assert variables["OpenAIApiKey"] == "OPENAI_API_KEY"
    assert variables["OpenAIBaseUrl"] == "OPENAI_BASE_URL"
    assert variables["OpenAIApi"] == "OPENAI_API"
    assert variables["IdentitySharedSecret"] == "IDENTITY_SHARED_SECRET"
    assert len(set(variables.values())) == len(variables)


def test_a_first_deployment_names_every_variable_that_is_missing_or_bad(
    parameters: list[Parameter],
) -> None:
    bad = {"ALLOWED_ORIGINS": "https://*", "LOG_LEVEL": "LOUD", "CHATKIT_TIMEOUT": "901"}
    with pytest.raises(NotReady) as raised:
        chosen(parameters, bad, EMPTY)
    message = str(raised.value)
    for variable in [*bad, *GIVEN]:
        assert variable in message


def test_a_secret_that_is_too_short_is_refused_and_not_shown(parameters: list[Parameter]) -> None:
    with pytest.raises(NotReady) as raised:
        chosen(parameters, GIVEN | {"IDENTITY_SHARED_SECRET": "hunter2"}, EMPTY)
    assert "IDENTITY_SHARED_SECRET: must have at least 32 characters" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_later_deployment_keeps_what_nobody_gives_anew(parameters: list[Parameter]) -> None:
    stands = {parameter.name: "kept" for parameter in parameters}
    account = Account("123456789012", "eu-central-1", stands, has_api_log_role=True)
    assert chosen(parameters, {"LOG_LEVEL": "DEBUG"}, account) == {"LogLevel": "DEBUG"}


@pytest.mark.parametrize(("has_role", "value"), [(True, "existing"), (False, "create")])
def test_the_api_s_log_role_is_made_only_where_the_account_has_none(
    parameters: list[Parameter], has_role: bool, value: str
) -> None:
    account = Account("123456789012", "eu-central-1", None, has_role)
    assert chosen(parameters, GIVEN, account)["ApiLogRole"] == value


def test_what_is_deployed_is_told_without_secrets(parameters: list[Parameter]) -> None:
    values = chosen(parameters, GIVEN, EMPTY)
    text = told(parameters, values, "chatkit", EMPTY)
    assert "Creates the stack chatkit in account 123456789012, region eu-central-1" in text
    assert "AllowedOrigins = https://app.example.com" in text
    assert "hunter2" not in text
    assert "s" * 32 not in text


def test_an_empty_account_is_ready(session: boto3.session.Session) -> None:
    account = look(session, "chatkit")
    assert (account.region, account.parameters) == ("eu-central-1", None)


def test_the_parameters_of_a_stack_that_stands_are_found(session: boto3.session.Session) -> None:
    stack_with(session, LogLevel="DEBUG")
    assert look(session, "chatkit").parameters == {"LogLevel": "DEBUG"}


def test_without_credentials_the_way_to_sign_in_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    with pytest.raises(NotReady) as raised:
        look(boto3.session.Session(region_name="eu-central-1"), "chatkit")
    assert str(raised.value) == NO_CREDENTIALS


def test_a_region_that_cannot_be_reached_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(NotReady, match="Is eu-central-9 a region"):
        look(boto3.session.Session(region_name="eu-central-9"), "chatkit")


def test_half_of_the_credentials_is_said_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotReady, match="Your AWS credentials cannot be used: Partial"):
        look(boto3.session.Session(region_name="eu-central-1"), "chatkit")
