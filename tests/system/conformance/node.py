"""The MCP project's own tools, run by the Node of this Python environment."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "node_modules" / "@modelcontextprotocol"
NODE = Path(sys.executable).parent / "node"


@dataclass(frozen=True)
class Finished:
    status: int
    output: str


class Node:
    """Runs scripts of installed packages. Skips the test if the packages or Node are missing.

    With DEMAND_CONFORMANCE=1, the test fails instead.
    """

    def __init__(self, node: Path = NODE, packages: Path = PACKAGES) -> None:
        needed = [node, packages / "conformance", packages / "inspector"]
        if missing := [path.name for path in needed if not path.exists()]:
            report = pytest.fail if os.environ.get("DEMAND_CONFORMANCE") == "1" else pytest.skip
            report(f"{', '.join(missing)} not installed: make node_modules/.installed")
        self._node = node
        self._packages = packages

    async def run(self, folder: Path, script: str, *arguments: str) -> Finished:
        """Run a script in a folder, and return its status and output."""
        process = await asyncio.create_subprocess_exec(
            self._node,
            self._packages / script,
            *arguments,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Finished(process.returncode or 0, output.decode())
