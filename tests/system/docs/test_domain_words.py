"""Only the example's own packages name the example's domain."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEAMS_OWN = ("task_assistant", "task_tools")
# The files that import the team's packages.
WIRING = {"functions/chatkit/chat_api/app.py", "functions/mcp/mcp_api/app.py"}
# Where the word means something else: asyncio's tasks, or the tasks of ChatKit's workflows.
OTHER_MEANING = re.compile(
    r"asyncio|BackgroundTask|WorkflowItem|workflow item|LAMBDA_TASK_ROOT|task_root"
)
ALLOWED_FILES = {
    # ChatKit's id prefixes, of which one is for task items.
    "functions/chatkit/chat_api/store/keys.py",
    # These speak of asyncio's tasks without naming asyncio.
    "functions/chatkit/chat_api/model/exchange.py",
    "layers/streaming/lambda_stream/settings.py",
}
DOMAIN = re.compile(
    r"\b(?:add|list|get|update|complete|reopen|delete)_task|\btask(?:'s)? (?:list|tool)|"
    r"\bto-?do\b|TASKS_TABLE|tasks_table|tasks:read|task_assistant|task_tools",
    re.IGNORECASE,
)


def sources() -> list[Path]:
    """Return the files that a team keeps when it replaces the example."""
    files = [
        path
        for folder in ("functions", "layers")
        for path in (ROOT / folder).rglob("*.py")
        if not set(path.relative_to(ROOT).parts) & {*TEAMS_OWN, "__pycache__"}
    ]
    return [path for path in files if str(path.relative_to(ROOT)) not in WIRING]


def offenders(text: str) -> list[str]:
    """Return the words of the example's domain in a text."""
    return [match[0] for match in DOMAIN.finditer(text)]


def test_there_are_sources() -> None:
    assert len(sources()) > 100


def test_only_the_wiring_names_the_domain() -> None:
    found = {str(path): offenders(path.read_text()) for path in sources()}
    assert {path: words for path, words in found.items() if words} == {}


def test_elsewhere_a_task_is_one_of_asyncio_or_of_a_workflow() -> None:
    unclear = [
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(r"(?i)task", text := path.read_text()) and not OTHER_MEANING.search(text)
    ]
    assert [path for path in unclear if path not in ALLOWED_FILES] == []


@pytest.mark.parametrize("path", sorted(WIRING))
def test_the_wiring_names_the_teams_package_in_one_import_line(path: str) -> None:
    lines = (ROOT / path).read_text().splitlines()
    naming = [line for line in lines if "task_" in line]
    assert len(naming) == 1
    assert naming[0].startswith("from task_")


@pytest.mark.parametrize("text", ["Call list_tasks.", "The task tools are out of reach.", "to-do"])
def test_the_domains_words_are_recognized(text: str) -> None:
    assert offenders(text)
