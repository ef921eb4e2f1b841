"""A tool must have a title and four hints that agree."""

from typing import Any

import pytest

from mcp_api.tool import InvalidTool, Tool

HINTS = {"read_only": False, "destructive": True, "idempotent": False, "open_world": False}


def wipe(count: int) -> int:
    """Wipe this many."""
    return count


@pytest.mark.parametrize("hint", HINTS)
def test_a_missing_hint_is_an_error(hint: str) -> None:
    with pytest.raises(TypeError, match=hint):
        Tool(wipe, "Wipe", **{name: value for name, value in HINTS.items() if name != hint})


def test_a_hint_that_is_neither_true_nor_false_is_an_error() -> None:
    wrong: dict[str, Any] = HINTS | {"read_only": "no"}
    with pytest.raises(InvalidTool, match="True or False"):
        Tool(wipe, "Wipe", **wrong)


def test_a_read_only_tool_cannot_be_destructive() -> None:
    with pytest.raises(InvalidTool, match="read-only and destructive"):
        Tool(wipe, "Wipe", **HINTS | {"read_only": True})


@pytest.mark.parametrize("title", ["", "  "])
def test_a_tool_without_a_title_is_refused(title: str) -> None:
    with pytest.raises(InvalidTool, match="no title"):
        Tool(wipe, title, **HINTS)
