"""The error messages of a build that cannot start."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GIVEN = {"UV": "uv", "PYTHON": "python", "ARCH": "x86_64"}


def refusal(folder: Path, **variables: str) -> str:
    """Return the error message of a resource's build that SAM starts with these variables."""
    command = ["make", "-f", str(ROOT / "packaging/Makefile"), "build-CoreLayer"]
    env = {"PATH": os.environ["PATH"], "ARTIFACTS_DIR": str(folder), **variables}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode != 0
    assert not list(folder.iterdir())
    return done.stderr


@pytest.mark.parametrize("missing", GIVEN)
def test_a_bare_sam_build_fails_with_advice_to_use_make(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in GIVEN.items() if name != missing}
    assert "Build with `make build`" in refusal(tmp_path, **given)


def test_an_unknown_architecture_is_refused_by_name(tmp_path: Path) -> None:
    message = refusal(tmp_path, **GIVEN | {"ARCH": "mips"})
    assert "ARCH is x86_64 or arm64, not mips" in message
