"""The server passes every scenario of the published conformance suite that applies to it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.conformance.node import Node

pytestmark = pytest.mark.deep
HERE = Path(__file__).parent


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
async def test_the_server_passes_the_suite_of_each_revision(
    node: "Node", relayed: str, revision: str, tmp_path: Path
) -> None:
    ended = await node.run(
        tmp_path,
        "conformance/dist/index.js",
        "server",
        "--url",
        relayed,
        "--requirements",
        revision,
        "--expected-failures",
        str(HERE / f"baseline-{revision}.yaml"),
    )
    assert ended.status == 0, ended.output
    assert "✓ tools-list" in ended.output
