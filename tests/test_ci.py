"""What `.ci/run` does. Every program that it calls is replaced by one that always succeeds."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "run"
NOT_COVERED = "Not covered here: tests/system/sam_local"


@pytest.fixture
def programs(tmp_path: Path) -> str:
    """Return the PATH of a machine on which every program succeeds."""
    for name in ("make", "chromium"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\n')
        program.chmod(0o755)
    return os.pathsep.join([str(tmp_path), os.environ["PATH"]])


def run(path: str, **environment: str) -> str:
    known = {k: v for k, v in os.environ.items() if k != "SAM_LOCAL_IMAGE_TOOL"}
    done = subprocess.run(
        [SCRIPT], env=known | {"PATH": path} | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ci_reports_in_one_line_that_sam_local_is_not_covered(programs: str) -> None:
    [line] = [line for line in run(programs).splitlines() if line.startswith(NOT_COVERED)]
    assert "SAM_LOCAL_IMAGE_TOOL" in line


def test_ci_reports_nothing_uncovered_with_a_container_engine(programs: str) -> None:
    assert NOT_COVERED not in run(programs, SAM_LOCAL_IMAGE_TOOL="/opt/engine")


def test_ci_needs_nothing_outside_the_repository() -> None:
    assert "../" not in SCRIPT.read_text()
