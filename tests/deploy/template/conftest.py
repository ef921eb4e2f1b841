"""The template, translated by AWS's own translator."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
# aws-sam-cli has its own environment, because its libraries are older than ours.
SAM_PYTHON = ROOT / ".venv-sam" / "bin" / "python"
# One region of each public partition.
REGIONS = ("eu-central-1", "us-gov-west-1", "cn-north-1")

type Translated = dict[str, Any]


@pytest.fixture(scope="session")
def by_region() -> dict[str, Translated]:
    """Return the translated template for one region of each partition."""
    done = subprocess.run(
        [SAM_PYTHON, Path(__file__).parent / "translate.py", *REGIONS],
        input=(ROOT / "template.yaml").read_text(),
        capture_output=True,
        text=True,
        # The translator reads boto3's region when it is imported.
        env=os.environ | {"AWS_DEFAULT_REGION": REGIONS[0]},
    )
    assert done.returncode == 0, done.stderr
    templates: dict[str, Translated] = json.loads(done.stdout)
    return templates


@pytest.fixture(scope="session")
def translated(by_region: dict[str, Translated]) -> Translated:
    """Return the template that CloudFormation receives."""
    return by_region[REGIONS[0]]
