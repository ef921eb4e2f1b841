"""What is read from an account while values are checked."""

import io
from collections.abc import Iterator

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from stack_deploy.lookups import AccountLookups, LookupFault


class Body(io.BytesIO):
    """A body in the form that botocore reads."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def refusing(**_: object) -> AWSResponse:
    body = Body(b'{"__type": "AccessDeniedException", "message": "not authorized"}')
    return AWSResponse("https://aws", 400, {"content-type": "application/x-amz-json-1.1"}, body)


@pytest.fixture
def forbidden() -> boto3.session.Session:
    """Return a session of a role without any permission."""
    session = boto3.session.Session(region_name="eu-central-1")
    session.events.register("before-send", refusing)
    return session


@pytest.fixture
def session() -> Iterator[boto3.session.Session]:
    with mock_aws():
        yield boto3.session.Session(region_name="eu-central-1")


@pytest.mark.parametrize("name", ["models", "/chatkit/models"])
def test_a_list_is_read_from_ssm(session: boto3.session.Session, name: str) -> None:
    session.client("ssm").put_parameter(Name=name, Value="[]", Type="String")
    assert AccountLookups(session).ssm_text(name) == "[]"


def test_a_missing_parameter_is_reported_with_the_command_that_makes_it(
    session: boto3.session.Session,
) -> None:
    with pytest.raises(LookupFault) as raised:
        AccountLookups(session).ssm_text("/chatkit/models")
    assert str(raised.value) == (
        "names no SSM parameter. Put the list there: `aws ssm put-parameter --name /chatkit/models"
        " --type String --tier Intelligent-Tiering --value file://models.json --region"
        " eu-central-1`"
    )


def test_an_encrypted_parameter_is_refused_unread(session: boto3.session.Session) -> None:
    session.client("ssm").put_parameter(Name="models", Value="hunter2", Type="SecureString")
    with pytest.raises(LookupFault, match=r"must name a parameter of the type String, not Secure"):
        AccountLookups(session).ssm_text("models")


def test_a_secret_is_found_by_its_name_and_its_arn(session: boto3.session.Session) -> None:
    made = session.client("secretsmanager").create_secret(
        Name="chatkit/models/a", SecretString="sk-hunter2"
    )
    lookups = AccountLookups(session)
    assert not lookups.lacks_secret("chatkit/models/a")
    assert not lookups.lacks_secret(made["ARN"])
    assert lookups.lacks_secret("chatkit/models/b")


def test_without_the_permission_a_list_is_not_deployed(forbidden: boto3.session.Session) -> None:
    with pytest.raises(LookupFault) as raised:
        AccountLookups(forbidden).ssm_text("models")
    assert str(raised.value) == (
        "cannot be read (AccessDeniedException). Deploy with a role that has ssm:GetParameter"
    )


def test_without_the_permission_a_secret_is_taken_on_trust(
    forbidden: boto3.session.Session,
) -> None:
    assert not AccountLookups(forbidden).lacks_secret("chatkit/models/a")
