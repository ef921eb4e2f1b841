"""The template's parameters for a local run."""

import json
from typing import Any

import pytest

from local_stack.errors import StackError
from local_stack.login import LocalLogin
from local_stack.parameters import (
    model_in_use,
    named_parameters,
    needs_scripted_model,
    parameters,
)

SCRIPTED = "http://127.0.0.1:9/v1"
BEDROCK = {"name": "openai.gpt-oss-120b", "provider": "bedrock"}
OPENAI = {"name": "gpt-a"}
OLLAMA = {"name": "llama", "base_url": "http://127.0.0.1:11434/v1"}
LOGIN = LocalLogin("https://login.local", "chat", "s" * 32)


def given(**environment: str) -> dict[str, str]:
    return parameters(environment, 8000, LOGIN, "http://127.0.0.1:9")


def test_the_functions_trust_the_local_login() -> None:
    values = given()
    assert values["IdentityIssuer"] == "https://login.local"
    assert values["IdentityAudience"] == "chat"
    assert values["IdentitySharedSecret"] == "s" * 32
    assert values["McpAudience"] == "http://127.0.0.1:8000/mcp"


def test_the_page_may_come_from_the_stack_itself() -> None:
    assert given()["AllowedOrigins"] == "http://127.0.0.1:8000,http://localhost:8000"


def test_without_a_key_and_an_endpoint_the_scripted_model_answers() -> None:
    values = given(OPENAI_BASE_URL="", MODEL="m", OPENAI_API="chat_completions")
    assert values["OpenAIBaseUrl"] == "http://127.0.0.1:9/v1"
    assert values["OpenAIApiKey"] == "scripted"
    assert values["TranscriptionModel"] == "scripted-transcription"
    assert (values["Model"], values["OpenAIApi"]) == ("m", "chat_completions")
    assert needs_scripted_model({"OPENAI_API_KEY": ""})
    assert not needs_scripted_model({"OPENAI_API_KEY": "sk"})


def test_with_a_key_the_real_endpoint_answers() -> None:
    values = given(OPENAI_API_KEY="sk", OPENAI_BASE_URL="https://elsewhere")
    assert (values["OpenAIApiKey"], values["OpenAIBaseUrl"]) == ("sk", "https://elsewhere")
    assert "OpenAIBaseUrl" not in given(OPENAI_API_KEY="sk")
    assert "TranscriptionModel" not in given(OPENAI_API_KEY="sk")
    values = given(OPENAI_API_KEY="sk", TRANSCRIPTION_MODEL="m")
    assert values["TranscriptionModel"] == "m"


def test_another_endpoint_needs_no_key() -> None:
    values = given(OPENAI_BASE_URL="http://127.0.0.1:11434/v1")
    assert values["OpenAIBaseUrl"] == "http://127.0.0.1:11434/v1"
    assert values["OpenAIApiKey"] == "none"


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"MODEL": "ignored"}, "scripted assistant"),
        (
            {"OPENAI_API_KEY": "sk"},
            "https://api.openai.com/v1 (the default of the Agents SDK)",
        ),
        (
            {"OPENAI_BASE_URL": "http://me:hunter2@127.0.0.1:11434/v1?key=x", "MODEL": "llama"},
            "http://127.0.0.1:11434/v1 (llama)",
        ),
    ],
)
def test_the_model_in_use_is_named_without_a_secret(
    environment: dict[str, str], shown: str
) -> None:
    assert model_in_use(environment) == shown


def test_parameters_sets_any_parameter() -> None:
    values = given(PARAMETERS="TokensPerDay=0 IdentityAudience='my app'")
    assert (values["TokensPerDay"], values["IdentityAudience"]) == ("0", "my app")


@pytest.mark.parametrize("wrong", ["TokensPerDay", "=0", "a=1 b"])
def test_parameters_that_are_not_pairs_are_refused(wrong: str) -> None:
    with pytest.raises(StackError, match="Name=value"):
        given(PARAMETERS=wrong)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('Models=[{"name":"a b"}]', {"Models": '[{"name":"a b"}]'}),
        ('Models=\'[{"name": "a"}]\'', {"Models": '[{"name": "a"}]'}),
        (
            'LogLevel=DEBUG Models=[{"name": "a", "omit": []}] TokensPerDay=0',
            {"LogLevel": "DEBUG", "Models": '[{"name": "a", "omit": []}]', "TokensPerDay": "0"},
        ),
        (
            """ToolServers=[{"a": "it's"}] Models=[]""",
            {"ToolServers": """[{"a": "it's"}]""", "Models": "[]"},
        ),
        ("Models=[broken", {"Models": "[broken"}),
        ("A='B=[1'", {"A": "B=[1"}),
    ],
)
def test_json_needs_no_quotes(text: str, values: dict[str, str]) -> None:
    assert named_parameters({"PARAMETERS": text}) == values


def listing(*models: dict[str, Any], **environment: str) -> dict[str, str]:
    """Return the environment of a developer who lists these models."""
    return {"PARAMETERS": f"Models={json.dumps(models)}", **environment}


def test_a_list_of_models_leaves_no_parameter_of_a_single_one() -> None:
    values = given(**listing(OPENAI))
    assert not {"Model", "OpenAIApi", "OpenAIBaseUrl"} & values.keys()


def test_models_of_bedrock_need_no_key() -> None:
    values = given(**listing(BEDROCK))
    assert json.loads(values["Models"]) == [BEDROCK]
    assert "OpenAIApiKey" not in values


def test_without_a_key_the_scripted_model_answers_for_listed_models_of_openai() -> None:
    secret = {"name": "gpt-b", "secret": "arn:of-the-secret"}
    values = given(**listing(BEDROCK, OPENAI, OLLAMA, secret))
    assert json.loads(values["Models"]) == [
        BEDROCK,
        OPENAI | {"base_url": SCRIPTED},
        OLLAMA,
        {"name": "gpt-b", "base_url": SCRIPTED},
    ]
    assert "OpenAIApiKey" not in values


def test_with_a_key_listed_models_stay_as_they_are() -> None:
    values = given(**listing(OPENAI, OLLAMA, OPENAI_API_KEY="sk"))
    assert json.loads(values["Models"]) == [OPENAI, OLLAMA]
    assert values["OpenAIApiKey"] == "sk"


@pytest.mark.parametrize(
    ("models", "key", "needed"),
    [
        ([BEDROCK], "sk", True),
        ([OPENAI], "", True),
        ([OPENAI], "sk", False),
        ([OLLAMA], "", False),
        ([OLLAMA, OPENAI], "", True),
    ],
)
def test_the_scripted_model_runs_if_a_listed_model_needs_it(
    models: list[dict[str, Any]], key: str, needed: bool
) -> None:
    assert needs_scripted_model(listing(*models, OPENAI_API_KEY=key)) is needed


def test_an_empty_list_is_no_list() -> None:
    assert given(PARAMETERS="Models=")["OpenAIBaseUrl"] == SCRIPTED


@pytest.mark.parametrize("text", ["/chatkit/models", "[7]", "{}", "[{"])
def test_what_is_not_a_list_of_models_is_left_for_the_function_to_refuse(text: str) -> None:
    assert given(PARAMETERS=f"Models={text}")["Models"] == text


@pytest.mark.parametrize("name", ["MODEL", "OPENAI_API", "OPENAI_BASE_URL"])
def test_a_list_and_a_single_model_are_refused_together(name: str) -> None:
    with pytest.raises(StackError, match=f"Models and {name} are both set. Unset {name}."):
        given(**listing(OPENAI), **{name: "responses"})


def test_each_listed_model_is_named_with_what_answers_for_it() -> None:
    environment = listing(BEDROCK, OPENAI, OLLAMA)
    assert model_in_use(environment) == (
        "openai.gpt-oss-120b (scripted assistant), gpt-a (scripted assistant),"
        " llama (http://127.0.0.1:11434/v1)"
    )
    with_key = listing(OPENAI, OPENAI_API_KEY="sk")
    assert model_in_use(with_key) == "gpt-a (https://api.openai.com/v1)"
