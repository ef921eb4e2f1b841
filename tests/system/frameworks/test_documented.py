"""The page about the layer names the frameworks that are tested here."""

from tests.system.frameworks.conftest import FRAMEWORKS
from tests.unit.lambda_stream.conftest import ROOT


def test_the_documentation_names_every_framework() -> None:
    page = (ROOT / "docs" / "guides" / "streaming.md").read_text().lower()
    assert [name for name in (*FRAMEWORKS, "sse-starlette", "mcp") if name not in page] == []
