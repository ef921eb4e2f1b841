"""A machine without a browser."""

import pytest

from tests.page.browser import running_browser


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DEMAND_BROWSER", raising=False)


def test_the_tests_say_that_they_are_skipped() -> None:
    with pytest.raises(pytest.skip.Exception, match="no chromium"), running_browser():
        pass


def test_they_fail_where_a_browser_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMAND_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="no chromium"), running_browser():
        pass
