"""The installed Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.waiting import PATIENCE, until

# Playwright takes milliseconds.
PATIENCE_MS = 1000 * PATIENCE


@contextmanager
def running_browser(*flags: str) -> Iterator[Browser]:
    """Yield a browser. If Chromium is missing, skip the test, or fail it if DEMAND_BROWSER=1."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        report = pytest.fail if os.environ.get("DEMAND_BROWSER") == "1" else pytest.skip
        report("There is no chromium on PATH: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def wait_in(page: Page, expression: str, arg: Any = None) -> None:
    """Wait until an expression, or a function of `arg`, is true in the page.

    Playwright's own `wait_for_function` evaluates a text again from within the page, which the
    page's policy forbids: it works only if the text is true at once.
    """
    value = "it instanceof Function ? it(arg) : it"
    script = f"(arg) => {{ const it = ({expression}); return Boolean({value}); }}"
    until(lambda: page.evaluate(script, arg))
