"""The npm packages that some tests need: `make test` installs them."""

import os
from pathlib import Path

import pytest


def require(file: Path) -> None:
    """Skip the test if the file of an npm package is missing, or fail it if DEMAND_BROWSER=1."""
    if not file.exists():
        report = pytest.fail if os.environ.get("DEMAND_BROWSER") == "1" else pytest.skip
        report(f"{file.name} is not installed: make node_modules/.installed")
