"""What the tests do on a machine without a browser."""

import pytest

from tests.system.page.browser import running_browser


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DEMAND_BROWSER", raising=False)


def test_tests_are_skipped_without_a_browser() -> None:
    with pytest.raises(pytest.skip.Exception, match="no chromium"), running_browser():
        pass


def test_tests_fail_if_a_browser_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMAND_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="no chromium"), running_browser():
        pass
