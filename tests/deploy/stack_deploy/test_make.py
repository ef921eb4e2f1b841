"""What `make deploy` passes from its command line and the environment to the deployment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.deploy.stack_deploy.conftest import ROOT

# Replaces the Makefile's Python and records how it was called.
RECORDING = """#!{python}
import json, os, sys
with open({file!r}, "w") as file:
    json.dump({{"arguments": sys.argv[1:], "environ": dict(os.environ)}}, file)
"""


def run_make_deploy(folder: Path, *typed: str, **exported: str) -> dict[str, Any]:
    """Run `make deploy` without its build. Return the deployment's arguments and environment."""
    file, python = folder / "called.json", folder / "python"
    python.write_text(RECORDING.format(python=sys.executable, file=str(file)))
    python.chmod(0o755)
    untouched = ("-o", "build", "-o", ".venv/.installed")
    subprocess.run(
        ["make", "-s", *untouched, "deploy", f"BIN={folder}", *typed],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | exported,
        check=True,
    )
    called: dict[str, Any] = json.loads(file.read_text())
    return called


def typed_names(called: dict[str, Any]) -> set[str]:
    arguments = called["arguments"]
    return set(arguments[arguments.index("--typed") + 1].split())


def test_typed_names_are_distinguished_from_exported_ones(tmp_path: Path) -> None:
    called = run_make_deploy(
        tmp_path, "MODEL=gpt-b", "LOG_LEVEL=", HISTORY_TOKENS="9000", MCP_AUDIENCE=""
    )
    assert typed_names(called) == {"BIN", "MODEL", "LOG_LEVEL"}
    given = {name: called["environ"].get(name) for name in ("MODEL", "LOG_LEVEL", "MCP_AUDIENCE")}
    assert given == {"MODEL": "gpt-b", "LOG_LEVEL": "", "MCP_AUDIENCE": ""}
    assert called["environ"]["HISTORY_TOKENS"] == "9000"
    assert "TOOL_SERVERS" not in called["environ"]


def test_a_list_of_several_lines_can_be_typed(tmp_path: Path) -> None:
    value = '[\n  {"name": "gpt-a", "base_url": "https://models.example.com/v1#x"},\n  {}\n]'
    called = run_make_deploy(tmp_path, f"MODELS={value}")
    assert called["environ"]["MODELS"] == value
    assert "MODELS" in typed_names(called)


def test_values_arrive_unchanged_and_on_no_command_line(tmp_path: Path) -> None:
    value = """a$b $$ $(shell echo made) ${HOME} #c 'd' "e" \\ f"""
    called = run_make_deploy(tmp_path, f"IDENTITY_AUDIENCE={value}", MCP_AUDIENCE=value)
    assert called["environ"]["IDENTITY_AUDIENCE"] == value
    assert called["environ"]["MCP_AUDIENCE"] == value
    assert not [argument for argument in called["arguments"] if "shell" in argument]
