"""The lines that the terminal shows for errors logged by functions."""

import json
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from local_stack.lambda_.function_errors import FunctionErrors, errors_shown, logged_error

OWN = f"{Path.cwd()}/functions/chatkit/chat_api/dice.py:7 roll"
LIBRARY = f"{sysconfig.get_path('purelib')}/pydantic/main.py:3 validate"


def line(**keys: Any) -> bytes:
    logged = {"level": "ERROR", "message": "tool_failed", "error": "KeyError", "raised_at": [OWN]}
    return json.dumps(logged | keys).encode()


@pytest.mark.parametrize("frames", [[OWN], [LIBRARY, OWN], [OWN, LIBRARY]])
def test_an_error_is_shown_with_the_line_of_the_project_that_raised_it(frames: list[str]) -> None:
    shown = "tool_failed: KeyError at functions/chatkit/chat_api/dice.py:7 roll"
    assert logged_error(line(raised_at=frames)) == shown


def test_an_error_within_a_library_is_shown_where_it_was_raised() -> None:
    frame = LIBRARY.removeprefix(f"{Path.cwd()}/")
    assert logged_error(line(raised_at=[LIBRARY])) == f"tool_failed: KeyError at {frame}"


@pytest.mark.parametrize(
    "other", [line(level="INFO"), b"START", b"", b"[]", b'{"level": "ERROR", "message": "x"}']
)
def test_other_lines_are_not_shown(other: bytes) -> None:
    assert logged_error(other) is None


def test_each_line_is_shown_once_and_only_when_it_is_complete(tmp_path: Path) -> None:
    log, shown = tmp_path / "ChatkitFunction.log", list[str]()
    errors = FunctionErrors(tmp_path, shown.append)
    log.write_bytes(line() + b"\n" + line()[:20])
    errors.read()
    assert len(shown) == 1
    with log.open("ab") as file:
        file.write(line()[20:] + b"\n")
    errors.read()
    errors.read()
    assert len(shown) == 2
    assert shown[0].startswith("ChatkitFunction: tool_failed: KeyError at functions/")


async def test_the_last_errors_are_shown_before_the_stack_ends(tmp_path: Path) -> None:
    shown: list[str] = []
    async with errors_shown(tmp_path, shown.append, interval=3600):
        (tmp_path / "McpFunction.log").write_bytes(line() + b"\n")
    assert len(shown) == 1
