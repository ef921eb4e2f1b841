"""The command and the environment of a function's process."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from local_stack.function_process import command, environment
from local_stack.template import Function, TemplateError

FUNCTION = Function(
    name="Chat",
    arn="arn:chat",
    code=Path("/code"),
    handler="app.handler",
    timeout=3,
    memory=512,
    environment={"TABLE": "tasks"},
    layers=(),
)
RUNTIME = [sys.executable, "-m", "awslambdaric", "app.handler"]


def wrapped(*layers: Path) -> Function:
    return replace(FUNCTION, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"}, layers=layers)


def test_the_command_is_the_managed_runtimes_client() -> None:
    assert command(FUNCTION) == RUNTIME


def test_a_wrapper_gets_the_runtimes_command_and_the_last_layer_with_it_wins(
    tmp_path: Path,
) -> None:
    layers = [tmp_path / name for name in ("a", "b", "c")]
    for layer in layers:
        layer.mkdir()
    for layer in layers[:2]:
        (layer / "wrap").touch()
    assert command(wrapped(*layers)) == [str(layers[1] / "wrap"), *RUNTIME]


def test_a_wrapper_that_no_layer_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="/opt/wrap"):
        command(wrapped(tmp_path))


def test_the_environment_is_lambdas_and_the_templates_and_nothing_of_the_laptops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-personal")
    monkeypatch.setenv("AWS_PROFILE", "personal")
    made = environment(FUNCTION, "127.0.0.1:9", {"AWS_ENDPOINT_URL": "http://x"}, tmp_path)
    assert made["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9"
    assert made["_HANDLER"] == "app.handler"
    assert made["AWS_LAMBDA_FUNCTION_NAME"] == "Chat"
    assert made["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert made["LAMBDA_TASK_ROOT"] == "/code"
    assert made["TABLE"] == "tasks"
    assert made["AWS_ENDPOINT_URL"] == "http://x"
    assert made["HOME"] == str(tmp_path)
    assert not {"OPENAI_API_KEY", "AWS_PROFILE", "VIRTUAL_ENV"} & made.keys()
