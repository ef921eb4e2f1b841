"""The command and the environment of a function's process."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from local_stack.lambda_.function_process import command, environment_variables, unpack_layers
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


def wrapped(*layers: Path) -> Function:
    return replace(FUNCTION, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"}, layers=layers)


def runtime(opt: Path) -> list[str]:
    return [sys.executable, "-m", "local_stack.lambda_.bootstrap", str(opt)]


def test_the_command_is_the_managed_runtimes_bootstrap(tmp_path: Path) -> None:
    assert command(FUNCTION, tmp_path) == runtime(tmp_path)


def test_layers_are_merged_and_the_last_file_wins(tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / name / "python" / "package"
        folder.mkdir(parents=True)
        (folder / f"only_in_{name}.py").touch()
        (folder / "__init__.py").write_text(name)
    opt = tmp_path / "opt"
    unpack_layers(wrapped(tmp_path / "a", tmp_path / "b"), opt)
    package = opt / "python" / "package"
    names = {path.name for path in package.iterdir()}
    assert names == {"__init__.py", "only_in_a.py", "only_in_b.py"}
    assert (package / "__init__.py").read_text() == "b"
    assert (tmp_path / "a/python/package/__init__.py").read_text() == "a"


def test_a_missing_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="nowhere"):
        unpack_layers(wrapped(tmp_path / "nowhere"), tmp_path / "opt")


def test_a_wrapper_gets_the_runtimes_command(tmp_path: Path) -> None:
    (tmp_path / "wrap").touch()
    assert command(wrapped(), tmp_path) == [str(tmp_path / "wrap"), *runtime(tmp_path)]


def test_a_wrapper_in_no_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="/opt/wrap"):
        command(wrapped(), tmp_path)


def test_the_environment_has_lambdas_and_the_templates_variables_but_not_the_laptops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-personal")
    monkeypatch.setenv("AWS_PROFILE", "personal")
    made = environment_variables(
        FUNCTION, "127.0.0.1:9", {"AWS_ENDPOINT_URL": "http://x"}, tmp_path
    )
    assert made["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9"
    assert made["_HANDLER"] == "app.handler"
    assert made["AWS_LAMBDA_FUNCTION_NAME"] == "Chat"
    assert made["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert made["LAMBDA_TASK_ROOT"] == "/code"
    assert made["TABLE"] == "tasks"
    assert made["AWS_ENDPOINT_URL"] == "http://x"
    assert made["HOME"] == str(tmp_path)
    assert not {"OPENAI_API_KEY", "AWS_PROFILE", "VIRTUAL_ENV"} & made.keys()
