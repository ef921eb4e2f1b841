"""What is read from an account while values are checked."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from stack_deploy.lookups import AccountLookups, LookupFault


def powerless() -> boto3.session.Session:
    """Return a session of a user without any permission. Creating the user takes two requests."""
    iam = boto3.client("iam")
    iam.create_user(UserName="powerless")
    key = iam.create_access_key(UserName="powerless")["AccessKey"]
    return boto3.session.Session(
        key["AccessKeyId"], key["SecretAccessKey"], region_name="eu-central-1"
    )


@pytest.fixture
def session() -> Iterator[boto3.session.Session]:
    with mock_aws():
        yield boto3.session.Session(region_name="eu-central-1")


@pytest.mark.parametrize("name", ["models", "/chatkit/models"])
def test_a_list_is_read_from_ssm(session: boto3.session.Session, name: str) -> None:
    session.client("ssm").put_parameter(Name=name, Value="[]", Type="String")
    assert AccountLookups(session).ssm_text(name) == "[]"


def test_a_missing_parameter_is_reported_with_the_command_that_creates_it(
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


@mock_aws
@set_initial_no_auth_action_count(2)
def test_without_the_permission_a_list_is_not_deployed() -> None:
    with pytest.raises(LookupFault, match=r"^cannot be read \(.* role that has ssm:GetParameter$"):
        AccountLookups(powerless()).ssm_text("models")


@mock_aws
@set_initial_no_auth_action_count(2)
def test_without_the_permission_a_secret_is_assumed_to_exist() -> None:
    assert not AccountLookups(powerless()).lacks_secret("chatkit/models/a")
