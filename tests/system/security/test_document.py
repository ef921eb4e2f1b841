"""The modules and tests that docs/reference/security.md names exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_everything_that_the_threat_model_names_exists() -> None:
    text = (ROOT / "docs" / "reference" / "security.md").read_text()
    named = re.findall(r"`((?:layers|functions|tests)/[\w/.]+|template\.yaml)`", text)
    assert len(named) > 40
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_the_threat_model_names_every_test_file_of_this_folder() -> None:
    text = (ROOT / "docs" / "reference" / "security.md").read_text()
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    assert {name for name in files - {Path(__file__).name} if name not in text} == set()
