"""How a deployment calls `sam`. The tests with the real `sam` are in real_sam/."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from stack_deploy.sam import Sam

# Records its arguments, its region and the file that the last argument names.
RECORDING = """#!{python}
import json, os, sys
file = sys.argv[-1].removeprefix("file://")
recorded = {{
    "arguments": sys.argv[1:],
    "regions": [os.environ["AWS_REGION"], os.environ["AWS_DEFAULT_REGION"]],
    "mode": os.stat(file).st_mode,
    "file": open(file).read(),
}}
json.dump(recorded, open({recorded!r}, "w"))
sys.exit(3)
"""


@pytest.fixture
def recorded(tmp_path: Path) -> dict[str, Any]:
    """Return what a fake `sam` that exits with status 3 has recorded."""
    command, file = tmp_path / "sam", tmp_path / "recorded.json"
    command.write_text(RECORDING.format(python=sys.executable, recorded=str(file)))
    command.chmod(0o755)
    sam = Sam(
        command=command,
        config=Path("samconfig.toml"),
        built=tmp_path / "template.yaml",
        stack="chatkit",
        region="eu-central-1",
        environ={"AWS_REGION": "", "PATH": os.environ["PATH"]},
    )
    assert sam.deploy({"OpenAIApiKey": "sk-hunter2"}) == 3
    recorded: dict[str, Any] = json.loads(file.read_text())
    return recorded


def test_secrets_are_in_a_private_file_and_in_no_argument(recorded: dict[str, Any]) -> None:
    assert "sk-hunter2" in recorded["file"]
    assert stat.S_IMODE(recorded["mode"]) == 0o600
    assert "sk-hunter2" not in " ".join(recorded["arguments"])


def test_the_file_is_gone_afterwards(recorded: dict[str, Any]) -> None:
    assert not Path(recorded["arguments"][-1].removeprefix("file://")).exists()


def test_the_region_is_in_every_variable_and_argument(recorded: dict[str, Any]) -> None:
    assert recorded["regions"] == ["eu-central-1", "eu-central-1"]
    arguments = recorded["arguments"]
    assert arguments[arguments.index("--region") + 1] == "eu-central-1"


def test_the_configuration_is_an_absolute_path(recorded: dict[str, Any]) -> None:
    arguments = recorded["arguments"]
    named = Path(arguments[arguments.index("--config-file") + 1])
    assert named == Path.cwd() / "samconfig.toml"
