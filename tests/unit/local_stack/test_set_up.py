"""The set-up that runs before every Make target, on machines that lack something it needs.

A machine is a PATH with a few of the real tools, and with a fake Python and uv.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOOLS = ("sh", "make", "rm", "mkdir", "touch", "cp", "find", "sed", "echo", "cat", "expand")
# `python -m venv` copies this script into the environment, and `pip install uv` copies it as uv. It
# logs each call; $FAIL names a step that fails, $WAIT a step that waits at a named pipe.
PYTHON = """#!/bin/sh
echo "$(echo "$0" | sed 's|.*/||') $*" >> "$CALLS"
case "$*" in
  "-c "*) echo VERSION; exit ;;
  "-m venv "*) step=venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  "venv "*) step=venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  *" uv=="*) step=uv ;;
  *) step=packages ;;
esac
[ "$step" != "$WAIT" ] || { echo > "$PIPE"; cat "$PIPE"; }
[ "$step" != "$FAIL" ] || { echo "$step failed" >&2; exit 1; }
[ "$step" != uv ] || cp "$0" .venv/bin/uv
"""
BROKEN_SHIM = """#!/bin/sh
echo "pyenv: python3.13: command not found" >&2
exit 127
"""


class Machine:
    """A folder with the project's Makefile, and a minimal PATH."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "a clone"
        self._bin = folder / "bin"
        self._calls = folder / "calls"
        self.pipe = folder / "pipe"
        self._bin.mkdir()
        self._calls.touch()
        os.mkfifo(self.pipe)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self._bin / tool).symlink_to(found)
        for name in ("Makefile", "local/set-up.sh", "pyproject.toml", "requirements-dev.txt"):
            copy = self.project / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy)
        for name in ("functions", "layers"):
            (self.project / name).mkdir()

    def has(self, command: str, script: str = PYTHON, version: str = "3.13") -> None:
        (self._bin / command).write_text(script.replace("VERSION", version))
        (self._bin / command).chmod(0o755)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        variables = {"PATH": str(self._bin), "CALLS": str(self._calls), "PIPE": str(self.pipe)}
        return subprocess.Popen(
            command or ("make", ".venv/.installed"),
            cwd=self.project,
            env=variables | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Run the block while the step that $WAIT names waits.

        Opening the pipe for writing succeeds once it has a reader. By then the step has started all
        its processes, so a signal reaches every one.
        """
        self.pipe.read_text()
        with self.pipe.open("w"):
            yield

    def run(self, *command: str, **environment: str) -> tuple[int, list[str]]:
        with self.start(*command, **environment) as process:
            output, _ = process.communicate()
        return process.returncode, output.splitlines()

    @property
    def venv(self) -> Path:
        return self.project / ".venv"

    def calls(self) -> list[str]:
        """Return the calls since this was last called."""
        said = self._calls.read_text().splitlines()
        self._calls.write_text("")
        return said


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def with_python(machine: Machine) -> Machine:
    machine.has("python3.13")
    return machine


def test_the_first_line_names_what_is_installed_and_a_second_run_prints_nothing(
    with_python: Machine,
) -> None:
    status, output = with_python.run()
    assert status == 0
    assert output[0].startswith("Installing Python packages into .venv")
    assert with_python.calls()
    assert with_python.run("make", "-s", ".venv/.installed") == (0, [])
    assert with_python.calls() == []


@pytest.mark.parametrize(
    "target", ["run", "demo", "token", "ask", "test", "check", "bench", "lock"]
)
def test_on_a_fresh_clone_every_target_first_prints_what_it_installs(
    with_python: Machine, target: str
) -> None:
    with with_python.start("make", target, FAIL="packages") as process:
        output, _ = process.communicate()
    assert output.startswith("Installing ")


def test_set_up_messages_are_not_part_of_a_token(with_python: Machine) -> None:
    _, output = with_python.run("sh", "-c", "make -s token 2>/dev/null", FAIL="packages")
    assert output == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "none was found"),
        ({"python3": "3.11"}, "python3 is 3.11"),
        ({"python3": "3.14"}, "python3 is 3.14"),
        ({"python3.13": "shim"}, "none was found"),
        ({"python3.13": "shim", "python3": "3.11"}, "python3 is 3.11"),
    ],
)
def test_a_missing_python_is_reported_and_nothing_is_left(
    machine: Machine, given: dict[str, str], found: str
) -> None:
    for name, version in given.items():
        machine.has(name, BROKEN_SHIM if version == "shim" else PYTHON, version)
    status, output = machine.run()
    assert status != 0
    assert output[1].startswith("Python 3.13 is needed; ")
    assert found in output[1]
    assert "uv" in output[1]
    assert [line for line in output[2:] if not line.startswith("make")] == []
    assert not machine.venv.exists()


@pytest.mark.parametrize("name", ["python3.13", "python3", "python"])
def test_a_broken_shim_does_not_hide_a_working_python(machine: Machine, name: str) -> None:
    for each in ("python3.13", "python3", "python"):
        machine.has(each, BROKEN_SHIM)
    machine.has(name)
    status, output = machine.run()
    assert status == 0, output
    assert f"{name} -m venv .venv" in machine.calls()


def test_uv_is_enough(machine: Machine) -> None:
    machine.has("uv")
    assert machine.run()[0] == 0


def test_an_installed_python_is_used_when_uv_cannot_get_one(machine: Machine) -> None:
    machine.has("uv", BROKEN_SHIM)
    machine.has("python3.13")
    assert machine.run()[0] == 0


@pytest.mark.parametrize(("step", "hint"), [("venv", "python3.13-venv"), ("uv", "network")])
def test_a_failed_environment_is_reported_with_its_cause_and_removed(
    with_python: Machine, step: str, hint: str
) -> None:
    status, output = with_python.run(FAIL=step)
    assert status != 0
    assert hint in "\n".join(output)
    assert not with_python.venv.exists()
    assert with_python.run()[0] == 0


def test_an_interrupted_installation_starts_again(with_python: Machine) -> None:
    status, output = with_python.run(FAIL="packages")
    assert status != 0
    assert "packages failed" in output
    with_python.calls()
    assert with_python.run()[0] == 0
    installs = [call for call in with_python.calls() if "--require-hashes" in call]
    assert len(installs) == 1
    assert "--reinstall" in installs[0]


@pytest.mark.parametrize("step", ["venv", "uv"])
def test_an_interrupted_environment_is_removed(with_python: Machine, step: str) -> None:
    with with_python.start(WAIT=step) as process, with_python.waiting():
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert process.returncode != 0
    assert not with_python.venv.exists()


def test_an_environment_whose_creation_was_killed_is_created_again(with_python: Machine) -> None:
    with with_python.start(WAIT="uv") as process, with_python.waiting():
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert with_python.venv.exists()
    with_python.calls()
    assert with_python.run()[0] == 0
    assert "python3.13 -m venv .venv" in with_python.calls()


def test_a_read_only_folder_is_reported(with_python: Machine) -> None:
    # Even the superuser cannot create a folder below a device.
    script = str(with_python.project / "local" / "set-up.sh")
    status, output = with_python.run("sh", script, "environment", "1.0", "/dev/null/.venv")
    assert status != 0
    assert output[-1] == "/dev/null/.venv cannot be created: this folder is not writable."


def test_help_needs_no_set_up_and_lists_the_settings(machine: Machine) -> None:
    status, output = machine.run("make", "help", PORT="8123")
    assert status == 0
    text = "\n".join(output)
    assert "at http://127.0.0.1:8123" in text
    assert "$(" not in text
    names = {line.split()[0] for line in output if line and not line.startswith("make ")}
    assert {"PORT", "USER", "MSG", "THREAD", "AUDIENCE", "PARAMETERS", "ARCH", "STACK"} <= names
    assert any(line.startswith("make clean ") for line in output)
    assert machine.calls() == []
