"""docs/extend.md from its first line to its last: a copy of the project, changed as it says.

The stack runs all the while, as the page says: each test is the next step of the one before.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import ROOT, Stack, stack_of

PAGE = (ROOT / "docs" / "extend.md").read_text()
TOOL, TOOL_IMPORT, WIDGET, SHOWN, PAGE_TOOL, PAGE_IMPORT = re.findall(
    r"```python\n(.*?)```", PAGE, re.DOTALL
)
QUESTION = re.findall(r"^    make ask MSG='(.+)'$", PAGE, re.MULTILINE)[0]
PARAMETERS = re.findall(r'^    make run PARAMETERS="(.+)"$', PAGE, re.MULTILINE)[0]
REGISTERED = re.findall(r"add `(\w+,)` to the tools", PAGE)[0]
GIVEN = re.findall(r"`(tools=.+,)`", PAGE)[0]
ROLLED = re.compile(r"\[[1-6], [1-6], [1-6]\]")
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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, free to be edited."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "template.yaml", folder)
    for each in ("functions", "layers", "web"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / each, folder / each, ignore=ignored)
    return folder


@pytest.fixture(scope="module")
def running(project: Path) -> Iterator[Stack]:
    command = (sys.executable, "-m", "local_stack", "run", "--port", "0")
    with stack_of(command, project, {"PARAMETERS": PARAMETERS}) as stack:
        yield stack


def test_it_takes_at_most_40_lines_of_code() -> None:
    code = "".join([TOOL, TOOL_IMPORT, WIDGET, SHOWN])
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 40


def test_a_tool_added_to_the_mcp_function_is_used_by_the_next_message(
    running: Stack, project: Path
) -> None:
    user = running.user("alice")
    before = user.say(QUESTION)
    (project / MCP / "dice.py").write_text(TOOL)
    tools = project / MCP / "tools.py"
    insert(tools, "from mcp_api.tool_call import ToolCall\n", TOOL_IMPORT)
    insert(tools, "        *_writing(tasks),\n", REGISTERED)
    after = user.say(QUESTION)
    assert ROLLED.search(before.text) is None
    assert ROLLED.search(after.text)


def test_an_agent_has_a_tool_and_a_widget_of_its_own(running: Stack, project: Path) -> None:
    (project / CHAT / "dice_widget.py").write_text(WIDGET)
    insert(project / CHAT / "widgets.py", "WIDGETS = [show_tasks]\n", SHOWN)
    user = running.user("alice")
    heard = user.say(QUESTION)
    [widget] = [item for item in user.items(heard.thread) if item["type"] == "widget"]
    numbers = [int(die["value"]) for die in widget["widget"]["children"]]
    assert len(numbers) == 3
    assert set(numbers) <= set(range(1, 7))
    assert str(numbers) in heard.text


def test_a_tool_of_the_agent_reads_a_header_of_the_page(running: Stack, project: Path) -> None:
    (project / CHAT / "page_tool.py").write_text(PAGE_TOOL)
    assistant = project / CHAT / "assistant.py"
    insert(assistant, "from chat_api.model.provider import agent_settings_of\n", PAGE_IMPORT)
    insert(assistant, "        mcp_servers=[*tools],\n", GIVEN)
    user = running.user("alice")
    user.headers["X-Page"] = "/orders/7?x=%C3%BC"
    assert "/orders/7?x=%C3%BC" in user.say("Use current_page with {}").text


def test_a_bug_in_that_code_costs_nobody_the_answer_and_is_logged_with_its_line(
    running: Stack, project: Path
) -> None:
    widget = project / CHAT / "dice_widget.py"
    widget.write_text(WIDGET.replace('call.result["numbers"]', "call.numbers"))
    [line] = [
        number
        for number, text in enumerate(widget.read_text().splitlines(), start=1)
        if "call.numbers" in text
    ]
    heard = running.user("alice").say(QUESTION)
    [notice] = [event for event in heard.events if event["type"] == "notice"]
    assert "could not be shown" in notice["message"]
    assert heard.events[-1]["item"]["type"] == "end_of_turn"
    assert f"dice_widget.py:{line} show_dice" in running.logged()
