"""The set-up that every target brings, on machines that are not as it hopes.

The machine is a PATH of its own: a few of the real tools, and a Python and uv that only pretend.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "make", "rm", "mkdir", "touch", "cp", "find", "sed", "echo", "cat", "expand")
# `python -m venv` copies this script into the environment, `pip install uv` as its uv. Each call is
# written down; $FAIL names the call that fails, $WAIT one that waits at a named pipe.
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
    """A folder with the project's Makefile in it, and a PATH with little else than it needs."""

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
        places = {"PATH": str(self._bin), "CALLS": str(self._calls), "PIPE": str(self.pipe)}
        return subprocess.Popen(
            command or ("make", ".venv/.installed"),
            cwd=self.project,
            env=places | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let the block run while the call that $WAIT names waits.

        Opened for writing, the pipe has a reader: nothing of the call is still to be started, which
        a signal would miss.
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
        """What was called since this was last asked."""
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


def test_the_first_line_says_what_is_installed_and_a_second_run_says_nothing(
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
def test_on_a_fresh_clone_every_target_says_first_what_it_installs(
    with_python: Machine, target: str
) -> None:
    with with_python.start("make", target, FAIL="packages") as process:
        output, _ = process.communicate()
    assert output.startswith("Installing ")


def test_what_is_installed_is_not_said_into_a_token(with_python: Machine) -> None:
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
def test_without_python_3_13_a_sentence_says_so_and_nothing_is_left(
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
def test_a_python_that_runs_is_taken_from_behind_a_shim_that_does_not(
    machine: Machine, name: str
) -> None:
    for each in ("python3.13", "python3", "python"):
        machine.has(each, BROKEN_SHIM)
    machine.has(name)
    status, output = machine.run()
    assert status == 0, output
    assert f"{name} -m venv .venv" in machine.calls()


def test_uv_is_enough(machine: Machine) -> None:
    machine.has("uv")
    assert machine.run()[0] == 0


def test_a_uv_that_cannot_get_a_python_leaves_it_to_the_one_that_is_there(
    machine: Machine,
) -> None:
    machine.has("uv", BROKEN_SHIM)
    machine.has("python3.13")
    assert machine.run()[0] == 0


@pytest.mark.parametrize(("step", "hint"), [("venv", "python3.13-venv"), ("uv", "network")])
def test_an_environment_that_is_not_finished_is_told_with_its_cause_and_not_left(
    with_python: Machine, step: str, hint: str
) -> None:
    status, output = with_python.run(FAIL=step)
    assert status != 0
    assert hint in "\n".join(output)
    assert not with_python.venv.exists()
    assert with_python.run()[0] == 0


def test_packages_that_were_not_all_installed_are_installed_again_from_the_first(
    with_python: Machine,
) -> None:
    status, output = with_python.run(FAIL="packages")
    assert status != 0
    assert "packages failed" in output
    with_python.calls()
    assert with_python.run()[0] == 0
    installs = [call for call in with_python.calls() if "--require-hashes" in call]
    assert len(installs) == 1
    assert "--reinstall" in installs[0]


@pytest.mark.parametrize("step", ["venv", "uv"])
def test_an_interrupted_environment_is_not_left(with_python: Machine, step: str) -> None:
    with with_python.start(WAIT=step) as process, with_python.waiting():
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert process.returncode != 0
    assert not with_python.venv.exists()


def test_an_environment_whose_making_was_killed_is_made_anew(with_python: Machine) -> None:
    with with_python.start(WAIT="uv") as process, with_python.waiting():
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert with_python.venv.exists()
    with_python.calls()
    assert with_python.run()[0] == 0
    assert "python3.13 -m venv .venv" in with_python.calls()


def test_a_folder_that_cannot_be_written_is_a_sentence(with_python: Machine) -> None:
    # Not even the superuser makes a folder below a device.
    script = str(with_python.project / "local" / "set-up.sh")
    status, output = with_python.run("sh", script, "environment", "1.0", "/dev/null/.venv")
    assert status != 0
    assert output[-1] == "/dev/null/.venv cannot be made: this folder is not writable."


def test_help_needs_no_set_up_and_shows_what_may_be_set(machine: Machine) -> None:
    status, output = machine.run("make", "help", PORT="8123")
    assert status == 0
    text = "\n".join(output)
    assert "at http://127.0.0.1:8123" in text
    assert "$(" not in text
    names = {line.split()[0] for line in output if line and not line.startswith("make ")}
    assert {"PORT", "USER", "MSG", "THREAD", "AUDIENCE", "PARAMETERS", "ARCH", "STACK"} <= names
    assert any(line.startswith("make clean ") for line in output)
    assert machine.calls() == []
