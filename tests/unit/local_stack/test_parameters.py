"""The template's parameters for a local run."""

import pytest

from local_stack.errors import StackError
from local_stack.login import LocalLogin
from local_stack.parameters import has_real_model, model_in_use, parameters

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
    assert (values["Model"], values["OpenAIApi"]) == ("m", "chat_completions")
    assert not has_real_model({"OPENAI_API_KEY": ""})


def test_with_a_key_the_real_endpoint_answers() -> None:
    values = given(OPENAI_API_KEY="sk", OPENAI_BASE_URL="https://elsewhere")
    assert (values["OpenAIApiKey"], values["OpenAIBaseUrl"]) == ("sk", "https://elsewhere")
    assert "OpenAIBaseUrl" not in given(OPENAI_API_KEY="sk")


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
