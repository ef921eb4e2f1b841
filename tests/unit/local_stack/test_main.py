"""The command line without a running stack."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack import subprocesses


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local_stack", *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def free_port() -> str:
    return str(subprocesses.free_port())


@pytest.mark.parametrize("command", [["token"], ["ask", "--message", "Hi"]])
def test_a_stack_that_is_not_running_is_reported(
    command: list[str], free_port: str, tmp_path: Path
) -> None:
    done = run(*command, "--port", free_port, folder=tmp_path)
    assert done.returncode == 1
    assert (
        done.stderr == f"Nothing answers at http://127.0.0.1:{free_port}. Is `make run` running?\n"
    )


def test_the_question_is_printed_before_any_request(free_port: str, tmp_path: Path) -> None:
    done = run("ask", "--message", "Hi", "--user", "bob", "--port", free_port, folder=tmp_path)
    assert done.stdout == "bob: Hi\n"


def test_the_demo_first_prints_what_it_starts(tmp_path: Path) -> None:
    assert run("demo", folder=tmp_path).stdout == "Starting a service for this conversation.\n"


def test_the_port_may_come_from_the_environment(free_port: str, tmp_path: Path) -> None:
    done = run("token", folder=tmp_path, PORT=free_port)
    assert f":{free_port}." in done.stderr


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_an_invalid_port_is_a_usage_error(port: str, tmp_path: Path) -> None:
    done = run("token", f"--port={port}", folder=tmp_path)
    assert done.returncode == 2
    assert f"'{port}' is not a port" in done.stderr


@pytest.mark.parametrize("message", ["", " \n"])
def test_an_empty_message_is_refused(message: str, free_port: str, tmp_path: Path) -> None:
    done = run("ask", "--port", free_port, "--message", message, folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == 'The message is empty. Write one: make ask MSG="…"\n'


def test_a_folder_without_a_template_is_reported(tmp_path: Path) -> None:
    done = run("demo", folder=tmp_path)
    assert done.returncode == 1
    assert "template.yaml cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
