"""What the tests do on a machine without Node or the protocol's tools."""

from pathlib import Path

import pytest

from tests.system.conformance.node import NODE, PACKAGES, Node


@pytest.fixture(autouse=True)
def no_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMAND_CONFORMANCE", raising=False)


@pytest.mark.parametrize("missing", ["node", "conformance, inspector"])
def test_tests_are_skipped_and_name_what_is_missing(tmp_path: Path, missing: str) -> None:
    paths = (tmp_path / "node", PACKAGES) if missing == "node" else (NODE, tmp_path)
    with pytest.raises(pytest.skip.Exception, match=f"{missing} not installed"):
        Node(*paths)


def test_demanded_tests_fail_instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEMAND_CONFORMANCE", "1")
    with pytest.raises(pytest.fail.Exception, match="not installed"):
        Node(packages=tmp_path)


def test_ci_demands_these_tests() -> None:
    script = (Path(__file__).parents[3] / ".ci" / "run").read_text()
    assert "DEMAND_CONFORMANCE=1" in script
