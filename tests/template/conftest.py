"""The template as AWS's own translator makes it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# aws-sam-cli has an environment of its own: its libraries are older than ours.
SAM_PYTHON = ROOT / ".venv-sam" / "bin" / "python"


@pytest.fixture(scope="session")
def translated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    translated = subprocess.run(
        [SAM_PYTHON, Path(__file__).parent / "translate.py"],
        input=(ROOT / "template.yaml").read_text(),
        capture_output=True,
        text=True,
    )
    assert translated.returncode == 0, translated.stderr
    file = tmp_path_factory.mktemp("template") / "translated.json"
    file.write_text(translated.stdout)
    return file


@pytest.fixture(scope="session")
def translated(translated_file: Path) -> dict[str, Any]:
    """What CloudFormation is given."""
    template: dict[str, Any] = json.loads(translated_file.read_text())
    return template
