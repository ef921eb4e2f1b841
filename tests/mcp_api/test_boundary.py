"""The service knows nothing of the tools that it serves."""

from pathlib import Path

import mcp_api


def test_only_the_import_line_names_the_example() -> None:
    sources = Path(mcp_api.__file__).parent.glob("*.py")
    naming = {path.name for path in sources if "task" in path.read_text().lower()}
    assert naming == {"app.py"}
