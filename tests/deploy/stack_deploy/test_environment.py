"""The environment that each function will get."""

import json

import pytest

from stack_deploy.environment import MAX_BYTES, SETTINGS, StackLocation, function_environments
from tests.deploy.stack_deploy.conftest import GIVEN, Deployment

LOCATION = StackLocation("chatkit", "123456789012", "eu-central-1")


def values_of(deployment: Deployment, **given: str) -> dict[str, str]:
    return {p.name: GIVEN.get(p.variable, p.default) for p in deployment.parameters} | given


def test_every_function_of_the_template_reads_its_environment(deployment: Deployment) -> None:
    environments = function_environments(deployment.document, values_of(deployment), LOCATION)
    assert {each.function for each in environments} == SETTINGS.keys()
    for each in environments:
        assert each.settings()
        assert each.variables["ALLOWED_ORIGINS"] == "https://app.example.com"
        assert each.parameters["ALLOWED_ORIGINS"] == "AllowedOrigins"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov")],
)
def test_names_of_resources_are_as_long_as_in_aws(
    deployment: Deployment, region: str, partition: str
) -> None:
    location = StackLocation("chatkit", "123456789012", region)
    [chatkit] = [
        each
        for each in function_environments(deployment.document, values_of(deployment), location)
        if each.function == "ChatkitFunction"
    ]
    # An ARN and names in the form that CloudFormation generates.
    secret = f"arn:{partition}:secretsmanager:{region}:123456789012:secret:"
    assert len(chatkit.variables["OPENAI_SECRET_ARN"]) == len(
        f"{secret}OpenAISecret-a1B2c3D4e5F6-Xy12Zz"
    )
    without_key = function_environments(
        deployment.document, values_of(deployment, OpenAIApiKey="none"), location
    )
    assert [each.variables.get("OPENAI_SECRET_ARN") for each in without_key] == [None, "", None]
    assert len(chatkit.variables["THREADS_TABLE"]) == len("chatkit-ThreadsTable-1A2B3C4D5E6F")
    assert len(chatkit.variables["FILES_BUCKET"]) == len("chatkit-filesbucket-1a2b3c4d5e6f")
    assert len(chatkit.variables["MCP_FUNCTION"]) == len("chatkit-McpFunction-a1B2c3D4e5F6")


def test_an_environment_is_measured_as_lambda_measures_it(deployment: Deployment) -> None:
    [chatkit] = [
        each
        for each in function_environments(
            deployment.document, values_of(deployment, Model='a"b\u00e9'), LOCATION
        )
        if each.function == "ChatkitFunction"
    ]
    compact = json.dumps(chatkit.variables, separators=(",", ":"), ensure_ascii=False)
    assert '"MODEL":"a\\"b\u00e9"' in compact
    assert chatkit.size == len(compact.encode())
    room = MAX_BYTES - chatkit.size
    for extra, fits in ((room, True), (room + 1, False)):
        given = values_of(deployment, Model='a"b\u00e9' + "x" * extra)
        environments = function_environments(deployment.document, given, LOCATION)
        assert all(each.size_fault() is None for each in environments) is fits
