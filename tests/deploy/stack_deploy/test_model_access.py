"""Which key or permission the models of a deployment need."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chat_api.model.model_config import ModelConfig, ModelList
from stack_deploy.model_access import bedrock_endpoints, bedrock_notices
from tests.deploy.stack_deploy.conftest import GIVEN, Deployment, FakeLookups

WITHOUT_KEY = {name: value for name, value in GIVEN.items() if name != "OPENAI_API_KEY"}
BEDROCK = {"name": "openai.gpt-a", "provider": "bedrock"}
MANTLE = {"name": "openai.gpt-b", "provider": "bedrock", "endpoint": "mantle"}
OPENAI = {"name": "gpt-c"}
SELF_HOSTED = {"name": "llama", "base_url": "https://models.example.com/v1"}
BUILT = {"Architecture": "x86_64"}


def listed(*models: dict[str, Any], **given: str) -> dict[str, str]:
    return {"MODELS": json.dumps(models), **given}


NEEDS_NO_KEY = [
    listed(BEDROCK),
    listed(BEDROCK, MANTLE),
    listed(SELF_HOSTED),
    listed({"name": "gpt-c", "secret": "chatkit/models/openai"}),
    {"MODEL": "llama", "OPENAI_BASE_URL": "https://models.example.com/v1"},
]
NEEDS_KEY = [
    {},
    {"MODEL": "gpt-c"},
    {"MODEL": "gpt-c", "OPENAI_BASE_URL": "https://eu.api.openai.com/v1"},
    listed(OPENAI),
    listed(BEDROCK, OPENAI),
]


@pytest.mark.parametrize("given", NEEDS_NO_KEY)
def test_no_key_is_asked_for_if_no_model_uses_it(
    deployment: Deployment, given: dict[str, str]
) -> None:
    values = deployment.values(WITHOUT_KEY | given, typed=tuple(given))
    assert "OpenAIApiKey" not in values
    empty = WITHOUT_KEY | given | {"OPENAI_API_KEY": ""}
    assert deployment.values(empty, typed=tuple(given)) == values


@pytest.mark.parametrize("key", [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": "none"}])
@pytest.mark.parametrize("given", NEEDS_KEY)
def test_a_model_of_openai_needs_a_key(
    deployment: Deployment, given: dict[str, str], key: dict[str, str]
) -> None:
    [sentence] = deployment.refusal(WITHOUT_KEY | given | key, typed=tuple(given))
    model = "gpt-c" if given else "the default model"
    assert sentence == f"OPENAI_API_KEY is missing: {model} is at OpenAI, which asks for a key."


@pytest.mark.parametrize("given", NEEDS_KEY)
def test_a_stack_keeps_its_key(deployment: Deployment, given: dict[str, str]) -> None:
    values = deployment.values(given, deployment.existing_stack(), typed=tuple(given))
    assert "OpenAIApiKey" not in values


def test_a_stack_without_a_key_needs_one_for_a_model_of_openai(deployment: Deployment) -> None:
    """CloudFormation hides the parameter's value, even if it is none."""
    stack = deployment.existing_stack(Models=json.dumps([BEDROCK]))
    stack = replace(stack, has_api_key=False)
    given = listed(BEDROCK, OPENAI)
    [sentence] = deployment.refusal(given, stack, typed=("MODELS",))
    assert sentence.startswith("OPENAI_API_KEY is missing: gpt-c ")
    with_key = given | {"OPENAI_API_KEY": "sk-hunter2"}
    assert deployment.values(with_key, stack, typed=("MODELS",))["OpenAIApiKey"] == "sk-hunter2"


def test_a_key_in_use_is_not_removed(deployment: Deployment) -> None:
    stack = deployment.existing_stack()
    [sentence] = deployment.refusal({"OPENAI_API_KEY": "none"}, stack)
    assert sentence.startswith("OPENAI_API_KEY is missing")
    unused = {"OPENAI_API_KEY": "none"} | listed(BEDROCK)
    assert deployment.values(unused, stack, typed=("MODELS",))["OpenAIApiKey"] == "none"


@pytest.mark.parametrize(
    ("models", "endpoints"),
    [
        ([OPENAI], "none"),
        ([OPENAI, BEDROCK], "runtime"),
        ([MANTLE, MANTLE | {"name": "b"}], "mantle"),
        ([MANTLE, OPENAI, BEDROCK], "both"),
    ],
)
def test_the_endpoints_of_bedrock_follow_from_the_models(
    deployment: Deployment, models: list[dict[str, Any]], endpoints: str
) -> None:
    for asked in ({}, {"BEDROCK_ENDPOINTS": ""}, {"BEDROCK_ENDPOINTS": endpoints}):
        values = deployment.values(GIVEN | listed(*models) | asked, typed=("MODELS",))
        assert values.get("BedrockEndpoints", "none") == endpoints
    in_ssm = GIVEN | {"MODELS_PARAMETER": "models"}
    values = deployment.values(in_ssm, lookups=FakeLookups({"models": json.dumps(models)}))
    assert values.get("BedrockEndpoints", "none") == endpoints


def test_the_endpoints_of_a_stack_follow_its_models(deployment: Deployment) -> None:
    stack = deployment.existing_stack(Models=json.dumps([BEDROCK]), BedrockEndpoints="runtime")
    assert deployment.values({}, stack) == BUILT
    for given, endpoints in ((listed(MANTLE), "mantle"), ({"MODELS": ""}, "none")):
        values = deployment.values(given, stack, typed=("MODELS",))
        assert values["BedrockEndpoints"] == endpoints


def test_other_endpoints_of_bedrock_are_refused(deployment: Deployment) -> None:
    environ = GIVEN | listed(BEDROCK, BEDROCK_ENDPOINTS="both")
    assert deployment.refusal(environ, typed=("MODELS",)) == [
        "BEDROCK_ENDPOINTS must be runtime, as the models need, or left out, not 'both'."
    ]


def test_what_bedrock_needs_is_said_in_two_lines() -> None:
    elsewhere = BEDROCK | {"name": "cheap", "model": "openai.gpt-c", "region": "us-west-2"}
    models = ModelList(
        tuple(ModelConfig.model_validate(each) for each in (BEDROCK, elsewhere, OPENAI, MANTLE))
    )
    assert bedrock_endpoints(models) == "both"
    assert bedrock_notices(models, "eu-central-1") == [
        "Amazon Bedrock: your account needs access to openai.gpt-a in eu-central-1, openai.gpt-c"
        " in us-west-2, openai.gpt-b in eu-central-1 (Model access in the Bedrock console of that"
        " region).",
        "The chat function's role signs requests there, without a key, and gains"
        " bedrock:InvokeModel, bedrock:InvokeModelWithResponseStream,"
        " bedrock-mantle:CreateInference, bedrock-mantle:GetProject, bedrock-mantle:ListProjects.",
    ]


def test_nothing_is_said_about_bedrock_without_a_model_there() -> None:
    assert bedrock_notices(ModelList((ModelConfig(name="gpt-c"),)), "eu-central-1") == []
