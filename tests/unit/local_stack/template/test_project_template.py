"""The project's own template.yaml, as the local stack reads it."""

from pathlib import Path

import pytest

from local_stack.template import Template, read_template

PATH = Path(__file__).parents[4] / "template.yaml"


@pytest.fixture(scope="module")
def template() -> Template:
    parameters = {
        "AllowedOrigins": "http://127.0.0.1:8000,http://localhost:8000",
        "IdentityIssuer": "https://login.local",
        "IdentityAudience": "chatkit-local",
        "IdentitySharedSecret": "s" * 64,
        "OpenAIApiKey": "key",
    }
    return read_template(PATH, parameters)


def test_the_routes_of_the_chat_function_stream_for_fifteen_minutes(template: Template) -> None:
    routes = [each for each in template.routes if each.function == "ChatkitFunction"]
    assert {(each.method, each.streaming, each.timeout) for each in routes} == {("ANY", True, 900)}
    assert "/chatkit" in {each.path for each in routes}


def test_every_other_route_is_buffered(template: Template) -> None:
    assert {each.function for each in template.routes if not each.streaming} == {
        "SessionFunction",
        "McpFunction",
    }


def test_every_function_has_its_code_and_its_layers(template: Template) -> None:
    for function in template.functions:
        assert function.code.is_dir()
        assert all(layer.is_dir() for layer in function.layers)


def test_the_wrapper_of_the_chat_function_is_in_one_of_its_layers(template: Template) -> None:
    (function,) = [each for each in template.functions if each.name == "ChatkitFunction"]
    name = function.environment["AWS_LAMBDA_EXEC_WRAPPER"].removeprefix("/opt/")
    assert [layer for layer in function.layers if (layer / name).is_file()]


def test_the_identity_secret_is_the_one_given(template: Template) -> None:
    (secret,) = [each for each in template.secrets if each.name == "IdentitySecret"]
    assert secret.value == "s" * 64


def test_threads_expire(template: Template) -> None:
    (table,) = [each for each in template.tables if each.name == "ThreadsTable"]
    assert table.ttl_attribute == "expires_at"
