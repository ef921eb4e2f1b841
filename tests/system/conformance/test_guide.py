"""The commands and client settings of docs/guides/mcp.md work unchanged."""

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.system.conformance.node import ROOT
from tests.system.e2e.service import PLAIN
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.system.e2e.service import Stack

PAGE = ROOT / "docs" / "guides" / "mcp.md"
SECTION = PAGE.read_text().split("\n## Connect a client\n")[1].split("\n## ")[0]
ADDRESS = "http://127.0.0.1:8000"
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

pytestmark = pytest.mark.deep


@pytest.fixture
def commands(stack: "Stack") -> str:
    """Return the section's commands with the address of this test's stack."""
    lines = [line for line in SECTION.split("```")[0].splitlines() if line.startswith("    ")]
    return "\n".join(lines).replace(ADDRESS, stack.address)


def test_the_guides_commands_list_the_tools(stack: "Stack", commands: str) -> None:
    done = subprocess.run(
        ["bash", "-ec", commands],
        cwd=ROOT,
        env=PLAIN | {"PORT": stack.address.rpartition(":")[2]},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "add_task" in done.stdout


def test_a_request_with_the_editors_settings_is_answered(stack: "Stack", token: str) -> None:
    [block] = re.findall(r"```json\n(.*?)```", SECTION, re.DOTALL)
    settings: dict[str, Any] = json.loads(block)
    [asked], [server] = settings["inputs"], settings["servers"].values()
    headers = {
        name: value.replace(f"${{input:{asked['id']}}}", token)
        for name, value in server["headers"].items()
    }
    sent = headers | {"accept": "application/json", "mcp-protocol-version": "2025-11-25"}
    url = server["url"].replace(ADDRESS, stack.address)
    answer = stack.http.post(url, json=LIST, headers=sent)
    assert len(answer.json()["result"]["tools"]) == 7
