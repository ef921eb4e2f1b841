"""The state of an account that a deployment reads first."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from stack_deploy.account import NO_CREDENTIALS, NotReady, read_account


@pytest.fixture
def session() -> Iterator[boto3.session.Session]:
    with mock_aws():
        yield boto3.session.Session(region_name="eu-central-1")


def stack_with(session: boto3.session.Session, **parameters: str) -> None:
    names = "".join(f"  {name}: {{Type: String}}\n" for name in parameters)
    session.client("cloudformation").create_stack(
        StackName="chatkit",
        TemplateBody=f"Parameters:\n{names}Resources:\n  T: {{Type: 'AWS::SNS::Topic'}}\n",
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    )


def test_an_empty_account_is_ready(session: boto3.session.Session) -> None:
    account = read_account(session, "chatkit")
    assert (account.region, account.parameters) == ("eu-central-1", None)


def test_the_parameters_of_an_existing_stack_are_read(session: boto3.session.Session) -> None:
    stack_with(session, LogLevel="DEBUG")
    assert read_account(session, "chatkit").parameters == {"LogLevel": "DEBUG"}


@pytest.mark.parametrize("name", ["OpenAISecret", "ToolSecret"])
def test_the_secret_of_a_stack_shows_whether_it_has_a_key(
    session: boto3.session.Session, name: str
) -> None:
    template = f"Resources:\n  {name}: {{Type: 'AWS::SNS::Topic'}}\n"
    session.client("cloudformation").create_stack(StackName="chatkit", TemplateBody=template)
    assert read_account(session, "chatkit").has_api_key is (name == "OpenAISecret")
    assert not read_account(session, "another").has_api_key


def test_without_credentials_the_error_explains_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    with pytest.raises(NotReady) as raised:
        read_account(boto3.session.Session(region_name="eu-central-1"), "chatkit")
    assert str(raised.value) == NO_CREDENTIALS


def test_an_unreachable_region_is_questioned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(NotReady, match="Is eu-central-9 a region"):
        read_account(boto3.session.Session(region_name="eu-central-9"), "chatkit")


def test_incomplete_credentials_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotReady, match="Your AWS credentials cannot be used: Partial"):
        read_account(boto3.session.Session(region_name="eu-central-1"), "chatkit")
