"""The Inspector's command line lists the tools, accepts their schemas and calls them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.conformance.node import Node
    from tests.system.e2e.service import Stack

pytestmark = pytest.mark.deep
SCRIPT = "inspector/clients/launcher/build/index.js"


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_the_inspector_lists_valid_tools_and_calls_them(
    node: "Node", stack: "Stack", token: str, era: str, tmp_path: Path
) -> None:
    server = [
        "--cli",
        f"{stack.address}/mcp",
        "--transport",
        "http",
        "--protocol-era",
        era,
        "--header",
        f"Authorization: Bearer {token}",
        "--format",
        "json",
        "--quiet",
    ]
    listed = await node.run(tmp_path, SCRIPT, *server, "--method", "tools/list", "--strict")
    assert listed.status == 0, listed.output
    assert len(json.loads(listed.output)["result"]["tools"]) == 7
    task = ["--tool-name", "add_task", "--tool-arg", "title=buy milk"]
    called = await node.run(tmp_path, SCRIPT, *server, "--method", "tools/call", *task)
    assert called.status == 0, called.output
    result = json.loads(called.output)["result"]
    assert result["structuredContent"]["title"] == "buy milk"
