"""The list of models of a deployment, and where it comes from."""

import json
from typing import Any

import pytest

from tests.deploy.stack_deploy.conftest import GIVEN, Deployment, FakeLookups

BEDROCK = {"name": "openai.gpt-a", "provider": "bedrock"}
AZURE = {
    "name": "gpt-b",
    "base_url": "https://models.example.com/v1",
    "secret": "chatkit/models/azure",
}
PARAMETER = "/chatkit/models"


def listed(*models: dict[str, Any]) -> dict[str, str]:
    return GIVEN | {"MODELS": json.dumps(models)}


def refused(deployment: Deployment, *models: dict[str, Any], **given: str) -> list[str]:
    environ = listed(*models) | given
    return deployment.refusal(environ, typed=("MODELS", *given))


def test_a_list_of_models_is_deployed_as_typed(deployment: Deployment) -> None:
    text = '[\n  {"name": "gpt-a"},\n  {"name": "gpt-b", "omit": ["store"]}\n]'
    values = deployment.values(GIVEN | {"MODELS": text}, typed=("MODELS",))
    assert values["Models"] == text


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        ({}, "[0].name is missing"),
        ({"name": "a", "modle": "b"}, "[0].modle is not known"),
        ({"name": "a", "provider": "azure"}, "[0].provider must be 'openai' or 'bedrock'"),
        (
            BEDROCK | {"base_url": "https://a.example.com"},
            "[0] must not have base_url, which bedrock does not use",
        ),
        (
            {"name": "a", "base_url": "http://models.example.com/v1"},
            "[0].base_url must be an https:// address, because keys and conversations are sent"
            " there",
        ),
        (
            {"name": "a", "base_url": "http://localhost:11434/v1"},
            "[0].base_url must be an address that can be reached from AWS",
        ),
        (
            {"name": "a", "base_url": "https://models.example.com:0/v1"},
            "[0].base_url must be an address with a port from 1 to 65,535, or without one",
        ),
        (
            {"name": "a", "secret": "chatkit/tools/a"},
            "[0].secret must begin with chatkit/models/, or the chat function may not read it",
        ),
        *(
            (
                {"name": "a", "base_url": f"https://{host}/v1"},
                "[0].secret is missing: OPENAI_API_KEY is only for models without a base_url",
            )
            for host in ("api.openai.com", "eu.api.openai.com")
        ),
    ],
)
def test_a_fault_in_the_list_is_a_sentence_that_says_where_it_is(
    deployment: Deployment, model: dict[str, Any], fault: str
) -> None:
    assert refused(deployment, model) == [f"MODELS{fault}."]


def test_every_fault_of_the_list_is_named_beside_other_faults(deployment: Deployment) -> None:
    lines = refused(deployment, {"name": "a", "secret": "x"}, AZURE, {}, LOG_LEVEL="LOUD")
    assert [line.split(" ")[0] for line in lines] == ["LOG_LEVEL", "MODELS[2].name"]
    lines = refused(deployment, {"name": "a", "secret": "x"}, AZURE | {"secret": "y"})
    assert [line.split(" ")[0] for line in lines] == ["MODELS[0].secret", "MODELS[1].secret"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[]", "must list at least one model"),
        ('[{"name": "a"}, {"name": "a"}]', "must give every model a name of its own"),
        ('{"name": "a"}', "must be a JSON list"),
    ],
)
def test_a_list_that_is_wrong_as_a_whole_is_refused(
    deployment: Deployment, text: str, fault: str
) -> None:
    refusal = deployment.refusal(GIVEN | {"MODELS": text}, typed=("MODELS",))
    assert refusal == [f"MODELS {fault}."]


def test_an_entry_that_is_a_name_alone_is_refused(deployment: Deployment) -> None:
    refusal = deployment.refusal(GIVEN | {"MODELS": '["gpt-a"]'}, typed=("MODELS",))
    assert refusal == ["MODELS[0] must be an object."]


@pytest.mark.parametrize(
    "secret",
    [
        "chatkit/models/azure",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:chatkit/models/azure-a1B2c3",
    ],
)
def test_a_secret_that_a_model_names_must_exist(deployment: Deployment, secret: str) -> None:
    environ = listed(AZURE | {"secret": secret})
    assert deployment.values(environ, typed=("MODELS",))
    lookups = FakeLookups(missing=frozenset({secret}))
    assert deployment.refusal(environ, typed=("MODELS",), lookups=lookups) == [
        "MODELS[0].secret names no secret of this account and region."
    ]


def test_a_secret_that_a_tool_server_names_must_exist(deployment: Deployment) -> None:
    server = {"name": "a", "url": "https://a.example.com/", "secret": "chatkit/tools/a"}
    environ = GIVEN | {"TOOL_SERVERS": json.dumps([server])}
    lookups = FakeLookups(missing=frozenset({"chatkit/tools/a"}))
    assert deployment.refusal(environ, lookups=lookups) == [
        "TOOL_SERVERS[0].secret names no secret of this account and region."
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MODEL", "gpt-a"),
        ("OPENAI_BASE_URL", "https://models.example.com/v1"),
        ("OPENAI_API", "chat_completions"),
    ],
)
@pytest.mark.parametrize("source", ["MODELS", "MODELS_PARAMETER"])
def test_a_list_and_its_shorthand_are_refused_together(
    deployment: Deployment, source: str, variable: str, value: str
) -> None:
    text = json.dumps([AZURE])
    given = {source: text if source == "MODELS" else PARAMETER, variable: value}
    lookups = FakeLookups({PARAMETER: text})
    assert deployment.refusal(GIVEN | given, typed=tuple(given), lookups=lookups) == [
        f"{source} and {variable}: set only one, because a list of models also says where they"
        f" are. Type `make deploy {variable}=` to use the list alone."
    ]


def test_a_list_replaces_the_shorthand_of_a_stack_only_if_that_is_emptied(
    deployment: Deployment,
) -> None:
    stack = deployment.existing_stack(Model="gpt-a", OpenAIBaseUrl="https://models.example.com")
    given = {"MODELS": json.dumps([AZURE])}
    [sentence] = deployment.refusal(given, stack, typed=("MODELS",))
    assert "Type `make deploy MODEL= OPENAI_BASE_URL=`" in sentence
    given |= {"MODEL": "", "OPENAI_BASE_URL": ""}
    assert deployment.values(given, stack, typed=tuple(given))["Model"] == ""


def test_two_lists_are_refused(deployment: Deployment) -> None:
    assert refused(deployment, AZURE, MODELS_PARAMETER=PARAMETER) == [
        "MODELS and MODELS_PARAMETER: set only one, because there is one list of models."
    ]


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"MODELS": json.dumps([AZURE, BEDROCK])}, "gpt-b"),
        ({"MODEL": "gpt-a, gpt-mini"}, "gpt-mini"),
    ],
)
def test_any_model_of_the_list_may_write_titles(
    deployment: Deployment, given: dict[str, str], title: str
) -> None:
    environ = GIVEN | given | {"TITLE_MODEL": title}
    assert deployment.values(environ, typed=tuple(given))["TitleModel"] == title


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"MODELS": json.dumps([AZURE, BEDROCK])}, "one of the models (gpt-b, openai.gpt-a)"),
        ({"MODEL": "gpt-a, gpt-b"}, "one of the models (gpt-a, gpt-b)"),
        ({}, "empty, because MODEL names no model"),
    ],
)
def test_an_unknown_title_model_is_refused(
    deployment: Deployment, given: dict[str, str], fault: str
) -> None:
    environ = GIVEN | given | {"TITLE_MODEL": "gpt-x"}
    assert deployment.refusal(environ, typed=tuple(given)) == [
        f"TITLE_MODEL must be {fault}, not 'gpt-x'."
    ]


def test_a_model_that_transcribes_needs_an_endpoint_other_than_bedrock(
    deployment: Deployment,
) -> None:
    environ = GIVEN | {"MODELS": json.dumps([BEDROCK]), "TRANSCRIPTION_MODEL": "whisper-1"}
    assert deployment.refusal(environ, typed=("MODELS",)) == [
        "TRANSCRIPTION_MODEL must be empty, because Amazon Bedrock, where all the models are,"
        " takes no dictation, not 'whisper-1'."
    ]
    environ["MODELS"] = json.dumps([BEDROCK, AZURE])
    values = deployment.values(environ, typed=("MODELS",))
    assert values["TranscriptionModel"] == "whisper-1"


def test_a_list_in_ssm_is_checked_like_a_typed_one(deployment: Deployment) -> None:
    environ = GIVEN | {"MODELS_PARAMETER": PARAMETER}
    good = FakeLookups({PARAMETER: json.dumps([AZURE])})
    assert deployment.values(environ, lookups=good)["ModelsParameter"] == PARAMETER
    bad = FakeLookups({PARAMETER: json.dumps([AZURE | {"secret": "a"}, {"name": "b", "omit": 1}])})
    assert deployment.refusal(environ, lookups=bad) == [
        "MODELS_PARAMETER[1].omit must be a list, in the SSM parameter /chatkit/models."
    ]


def test_the_list_in_ssm_of_an_existing_stack_is_checked_again(deployment: Deployment) -> None:
    stack = deployment.existing_stack(ModelsParameter=PARAMETER)
    assert deployment.refusal({}, stack) == [
        "MODELS_PARAMETER names no SSM parameter (/chatkit/models)."
    ]


def test_an_environment_that_is_too_large_says_where_a_long_list_can_live(
    deployment: Deployment,
) -> None:
    models = [AZURE | {"name": f"model-{n}"} for n in range(40)]
    lines = refused(deployment, *models)
    assert len(lines) == 1
    assert "The largest variables: MODELS (" in lines[0]
    assert lines[0].endswith(
        " A list of models can live in an SSM parameter instead: `aws ssm put-parameter --name"
        " /chatkit/models --type String --tier Intelligent-Tiering --value file://models.json"
        " --region eu-central-1`, then `make deploy MODELS= MODELS_PARAMETER=/chatkit/models`."
    )
    in_ssm = GIVEN | {"MODELS_PARAMETER": PARAMETER}
    lookups = FakeLookups({PARAMETER: json.dumps(models)})
    assert deployment.values(in_ssm, lookups=lookups)


def test_a_list_too_long_for_a_parameter_says_so_too(deployment: Deployment) -> None:
    lines = refused(deployment, *(AZURE | {"name": f"model-{n}"} for n in range(50)))
    assert lines[0].startswith("MODELS must be at most 4,096 bytes long")
    assert "in an SSM parameter instead" in lines[1]
