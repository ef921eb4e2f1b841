"""All files, folders, tests, constants, pages and anchors that the documentation names exist."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Folders of the repository whose files the documentation names by their path.
SOURCES = (
    "bench",
    "deploy",
    "docs",
    "events",
    "examples",
    "functions",
    "layers",
    "local",
    "packaging",
    "tests",
    "web",
)
PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(SOURCES)})/[\w./-]*[\w/]")
TEST = re.compile(r"\btest_\w+\b(?!\.py)")
# Of several words: a single one in capitals may be a log level or an HTTP method.
CONSTANT = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)`")
FILE = re.compile(r"`([\w./-]+\.(?:css|html|js|py|sh|toml|ts|widget|yaml))`")
LINK = re.compile(r"\]\(([^)\s]*)\)")
# Files that exist only in the project of a reader who follows the steps.
IN_THE_READERS_PROJECT = {
    "functions/chatkit/order_assistant/agent.py",
    "functions/chatkit/order_assistant/page_tool.py",
    "functions/mcp/order_tools",
    "examples/tasks",
    "examples/tasks/task_assistant",
    "examples/tasks/task_tools",
}


@cache
def code() -> str:
    """Return the text of all sources, for finding names."""
    return "\n".join(path.read_text() for path in _files())


@cache
def paths() -> list[str]:
    """Return the paths of all files in the repository's folders and root."""
    found = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.*")]
    return [str(path) for path in (*found, *ROOT.glob("*.*"))]


def _files() -> Iterator[Path]:
    yield from (ROOT / name for name in ("Makefile", "template.yaml", "samconfig.toml"))
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".sh", ".js", ".ts", ".json"):
                yield path


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_relative_link_of_a_page_leads_somewhere(doc: Path) -> None:
    links = {link for link in LINK.findall(doc.read_text()) if "://" not in link}
    assert {link for link in links if not _leads_somewhere(doc, link)} == set()


def test_the_index_lists_every_page_once() -> None:
    index = ROOT / "docs" / "index.md"
    links = [link for link in LINK.findall(index.read_text()) if not link.startswith("..")]
    pages = {str(doc.relative_to(index.parent)) for doc in DOCS[1:] if doc != index}
    assert sorted(links) == sorted(pages)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_path_that_a_page_names_exists(doc: Path) -> None:
    named = set(PATH.findall(doc.read_text())) - IN_THE_READERS_PROJECT
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_source_file_that_a_page_names_in_backticks_exists(doc: Path) -> None:
    named = set(FILE.findall(doc.read_text())) - IN_THE_READERS_PROJECT
    assert {
        name for name in named if not any(path.endswith(f"/{name}") for path in paths())
    } == set()


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_test_that_a_page_names_exists(doc: Path) -> None:
    named = set(TEST.findall(doc.read_text()))
    assert {name for name in named if f"def {name}(" not in code()} == set()


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_constant_that_a_page_names_exists(doc: Path) -> None:
    named = set(CONSTANT.findall(doc.read_text()))
    assert {name for name in named if not re.search(rf"\b{name}\b", code())} == set()
