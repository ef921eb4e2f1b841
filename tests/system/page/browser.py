"""The installed Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.waiting import PATIENCE

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
