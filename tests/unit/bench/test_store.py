"""The command `bench/store.py` on a machine without dynoxide."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "bench" / "store.py"


def test_without_dynoxide_the_bench_explains_what_to_install(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DYNOXIDE"}
    done = subprocess.run(
        [sys.executable, SCRIPT],
        cwd=tmp_path,
        env=environment | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout.startswith("dynoxide was not found: run npm ci")
