"""`make deploy` with the real `sam`, up to the tables that it creates.

`Aws` (aws.py) describes the gaps of moto and how they are filled.
"""

import io
import zipfile
from pathlib import Path

import pytest

from tests.deploy.real_sam.aws import MANAGED_STACK, Aws
from tests.deploy.real_sam.conftest import (
    API_KEY,
    SETTINGS,
    Artifacts,
    Deployment,
    MakeDeploy,
)

KEYS = {"AWS_ACCESS_KEY_ID": "exported", "AWS_SECRET_ACCESS_KEY": "secret"}
PROFILE = """
[profile work]
region = eu-west-1
aws_access_key_id = of-the-profile
aws_secret_access_key = secret
"""


@pytest.fixture(scope="module")
def first(aws: Aws, make_deploy: MakeDeploy) -> Deployment:
    """Return a first deployment with only AWS_REGION, into an account with the initial quota."""
    aws.concurrency = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    aws.ready_for_sam("eu-central-1")
    return make_deploy(SETTINGS | KEYS | {"AWS_REGION": "eu-central-1"}, "y\n")


BEDROCK = '[\n  {"name": "openai.gpt-a", "provider": "bedrock"}\n]'
WITHOUT_KEY = {name: value for name, value in SETTINGS.items() if value != API_KEY}


@pytest.fixture(scope="module")
def declined(aws: Aws, make_deploy: MakeDeploy) -> Deployment:
    """Return a deployment with only a profile and without a key, which the user declines."""
    aws.concurrency = None
    aws.ready_for_sam("eu-west-1")
    return make_deploy(WITHOUT_KEY | {"AWS_PROFILE": "work"}, "n\n", PROFILE, f"MODELS={BEDROCK}")


@pytest.fixture(scope="module")
def unprotected(declined: Deployment, make_deploy: MakeDeploy) -> Deployment:
    """Return the same deployment, accepted, with both variables and without table protection."""
    given = SETTINGS | {"AWS_PROFILE": "work", "AWS_REGION": "eu-west-1"}
    return make_deploy(given, "y\n", PROFILE, "DELETION_PROTECTION=false")


def protection(aws: Aws, region: str) -> str:
    """Return the protection in the stack's parameters; moto does not change existing tables."""
    answer = aws.client("cloudformation", region).describe_stacks(StackName="chatkit")
    [stack] = answer["Stacks"]
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    return str(parameters["DeletionProtection"])


def test_a_first_deployment_succeeds(first: Deployment) -> None:
    assert first.status == 0, first.output


def test_every_artifact_is_uploaded_to_sams_bucket(
    aws: Aws, first: Deployment, artifacts: Artifacts
) -> None:
    client = aws.client("s3", "eu-central-1")
    [bucket] = [
        each["PhysicalResourceId"]
        for each in aws.client("cloudformation", "eu-central-1").list_stack_resources(
            StackName=MANAGED_STACK
        )["StackResourceSummaries"]
    ]
    keys = [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]]
    uploaded = set()
    for key in keys:
        if not key.endswith(".template"):
            body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
            uploaded.add(zipfile.ZipFile(io.BytesIO(body)).read("code.py").decode())
    assert uploaded == {f"# {name}\n" for name in artifacts.names}
    assert all(key.startswith("chatkit/") for key in keys)


def test_the_change_set_has_the_settings_and_may_create_roles(first: Deployment) -> None:
    values = first.change_sets()[0]
    assert values["AllowedOrigins"] == SETTINGS["ALLOWED_ORIGINS"]
    assert values["OpenAIApiKey"] == API_KEY
    assert values["Architecture"] == "x86_64"
    asked = first.of("cloudformation CreateChangeSet")[0].parameters
    assert asked["Capabilities.member.1"] == "CAPABILITY_IAM"


def test_the_api_key_is_not_printed(first: Deployment) -> None:
    assert API_KEY not in first.output


def test_the_user_is_asked_once(first: Deployment) -> None:
    assert first.output.count("Deploy this changeset?") == 1


def test_tables_are_protected_once_the_stack_is_complete(aws: Aws, first: Deployment) -> None:
    steps = [values["DeletionProtection"] for values in first.change_sets()]
    assert steps == ["pending", "true"]
    assert len(first.of("cloudformation ExecuteChangeSet")) == 2
    assert protection(aws, "eu-central-1") == "true"
    assert "The tables are now protected from deletion." in first.output


def test_the_concurrency_quota_is_shown(first: Deployment) -> None:
    assert "at most 10 answers at the same time" in first.output


def test_every_request_goes_to_the_region_in_aws_region(first: Deployment) -> None:
    assert {(each.access_key, each.region) for each in first.requests} == {
        ("exported", "eu-central-1")
    }


@pytest.mark.deep
def test_every_request_goes_to_the_region_and_account_of_the_profile(
    declined: Deployment,
) -> None:
    assert {(each.access_key, each.region) for each in declined.requests} == {
        ("of-the-profile", "eu-west-1")
    }


@pytest.mark.deep
def test_a_declined_change_set_creates_nothing_and_says_so(declined: Deployment) -> None:
    assert "cloudformation CreateChangeSet" in declined.operations()
    assert "cloudformation ExecuteChangeSet" not in declined.operations()
    assert "Nothing is deployed" in declined.output


@pytest.mark.deep
def test_a_stack_with_models_of_bedrock_alone_needs_no_key(declined: Deployment) -> None:
    [values] = declined.change_sets()
    assert (values["Models"], values["BedrockEndpoints"]) == (BEDROCK, "runtime")
    assert "OpenAIApiKey" not in values
    assert "your account needs access to openai.gpt-a in eu-west-1" in declined.output
    assert "bedrock:InvokeModelWithResponseStream" in declined.output


@pytest.mark.deep
def test_an_unreadable_quota_does_not_stop_the_deployment(declined: Deployment) -> None:
    assert "lambda:GetAccountSettings" in declined.output
    assert "cloudformation CreateChangeSet" in declined.operations()


@pytest.mark.deep
def test_a_declined_deployment_can_be_repeated(aws: Aws, unprotected: Deployment) -> None:
    assert unprotected.status == 0, unprotected.output
    assert len(aws.client("dynamodb", "eu-west-1").list_tables()["TableNames"]) == 3


@pytest.mark.deep
def test_tables_stay_unprotected_if_that_was_chosen(aws: Aws, unprotected: Deployment) -> None:
    assert [values["DeletionProtection"] for values in unprotected.change_sets()] == ["false"]
    assert protection(aws, "eu-west-1") == "false"


@pytest.mark.deep
def test_profile_and_region_can_be_combined(unprotected: Deployment) -> None:
    assert {(each.access_key, each.region) for each in unprotected.requests} == {
        ("of-the-profile", "eu-west-1")
    }


def test_missing_variables_are_reported_before_the_build(
    make_deploy: MakeDeploy, tmp_path: Path
) -> None:
    environ = KEYS | {"AWS_REGION": "eu-central-1"}
    refused = make_deploy(environ, "", "", f"BUILT={tmp_path / 'built'}", "STACK=another")
    assert refused.status != 0
    assert "OPENAI_API_KEY is missing" in refused.output
    assert not (tmp_path / "built").exists()
