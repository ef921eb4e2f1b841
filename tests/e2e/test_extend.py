"""docs/extend.md from its first line to its last: a copy of the project, changed as it says."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import ROOT, Stack, stack_of

PAGE = (ROOT / "docs" / "extend.md").read_text()
TOOL, REGISTERED, WIDGET, SHOWN = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
QUESTION = re.findall(r"^    make ask MSG='(.+)'$", PAGE, re.MULTILINE)[0]
MCP = Path("functions/mcp/task_tools")
CHAT = Path("functions/chatkit/chat_api")


def insert(file: Path, after: str, code: str) -> None:
    """Put code after the last line of a passage, as deep as the passage begins."""
    text = file.read_text()
    assert text.count(after) == 1
    [line] = [line for line in text.splitlines() if after.splitlines()[0].strip() in line]
    depth = " " * (len(line) - len(line.lstrip()))
    indented = "".join(f"{depth}{each}\n" if each else "\n" for each in code.splitlines())
    file.write_text(text.replace(after, after + indented))


@pytest.fixture
def extended(tmp_path: Path) -> Iterator[Stack]:
    shutil.copy(ROOT / "template.yaml", tmp_path)
    for folder in ("functions", "layers", "web"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / MCP / "dice.py").write_text(TOOL)
    (tmp_path / CHAT / "dice_widget.py").write_text(WIDGET)
    created = "server = create_server(Tasks(table, TimeOrderedIds()), calling)\n"
    insert(tmp_path / MCP / "app.py", created, REGISTERED)
    called = "                if shown := await show_tasks(progress.calls, tools, turn):\n"
    insert(tmp_path / CHAT / "server.py", f"{called}                    yield shown\n", SHOWN)
    command = (sys.executable, "-m", "local_stack", "run", "--port", "0")
    with stack_of(command, tmp_path, {}) as stack:
        yield stack


def test_it_takes_at_most_40_lines_of_code() -> None:
    code = "".join([TOOL, REGISTERED, WIDGET, SHOWN])
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 40


def test_an_agent_has_a_tool_and_a_widget_of_its_own(extended: Stack) -> None:
    user = extended.user("alice")
    heard = user.say(QUESTION)
    [widget] = [item for item in user.items(heard.thread) if item["type"] == "widget"]
    numbers = [int(die["value"]) for die in widget["widget"]["children"]]
    assert len(numbers) == 3
    assert set(numbers) <= set(range(1, 7))
    assert str(numbers) in heard.text
