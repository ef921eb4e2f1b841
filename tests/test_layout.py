"""The folders of tests/ match its README.md and the scheduler."""

import re
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST, SHARED_SCOPES, scope_of

HERE = Path(__file__).parent
SUITES = sorted(
    folder.relative_to(HERE).as_posix()
    for folder in HERE.glob("*/*/")
    if folder.name != "__pycache__" and any(folder.rglob("test_*.py"))
)
STARTS_THE_SERVICE = re.compile(r"\b(?:running_stack\(|stack_of\(|plain_stack|gated_stack)")


@pytest.mark.parametrize("suite", SUITES)
def test_the_readme_has_one_row_for_each_suite(suite: str) -> None:
    rows = (HERE / "README.md").read_text().splitlines()
    assert len([row for row in rows if row.startswith(f"| `{suite}` |")]) == 1


def test_every_suite_that_the_scheduler_names_exists() -> None:
    suites = {suite.split("/")[1] for suite in SUITES}
    assert SHARED_SCOPES.keys() <= suites
    assert set(LONGEST_FIRST) <= suites | set(SHARED_SCOPES.values())


def test_all_suites_that_start_the_service_stay_on_one_worker() -> None:
    starting = {
        suite
        for suite in SUITES
        for file in (HERE / suite).rglob("*.py")
        if STARTS_THE_SERVICE.search(file.read_text())
    }
    assert "system/e2e" in starting
    assert {scope_of(f"tests/{suite}/test_a.py::test") for suite in starting} == {"stacks"}


def test_files_of_unit_suites_may_run_on_different_workers() -> None:
    scopes = {scope_of(f"tests/unit/chatcore/{name}.py::test") for name in ("test_a", "test_b")}
    assert len(scopes) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("store/contract/test_a.py::test", "store/contract/test_b.py::test"),
        ("system/e2e/test_a.py::test", "system/page/open_client/test_b.py::test"),
    ],
)
def test_tests_that_share_something_stay_on_one_worker(first: str, second: str) -> None:
    assert scope_of(f"tests/{first}") == scope_of(f"tests/{second}")
