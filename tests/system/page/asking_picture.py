"""Draws docs/images/asking.png: `.venv/bin/python -m tests.system.page.asking_picture`."""

import base64
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, ViewportSize

from tests.system.e2e.service import ROOT, Stack, running_stack
from tests.system.page.asking_page import AskingPage
from tests.system.page.browser import PATIENCE_MS, running_browser

PICTURE = ROOT / "docs" / "images" / "asking.png"
WINDOW: ViewportSize = {"width": 360, "height": 720}
SIDE_BY_SIDE = """<!doctype html>
<body style="display: flex; gap: 16px; align-items: start; margin: 16px; background: #e9ecf2">
{}</body>"""
IMAGE = '<img src="data:image/png;base64,{}" style="border-radius: 12px">'


def draw(browser: Browser, stack: Stack, file: Path) -> None:
    """Draw a tool of the page, questions and an approval side by side."""
    shots = [
        _shot(browser, stack, lambda asking: asking.ask("What time is it?")),
        _shot(browser, stack, lambda asking: asking.ask_form("Help me plan my week")),
        _shot(browser, stack, lambda asking: asking.ask_to_delete("buy milk")),
    ]
    images = [IMAGE.format(base64.b64encode(shot).decode()) for shot in shots]
    page = browser.new_page(viewport={"width": 3 * 360 + 4 * 16, "height": 100})
    page.set_content(SIDE_BY_SIDE.format("".join(images)))
    page.screenshot(path=file, full_page=True)
    page.close()


def _shot(browser: Browser, stack: Stack, talk: Callable[[AskingPage], None]) -> bytes:
    """Return a screenshot of the chat of a new user after some messages."""
    context = browser.new_context(
        base_url=stack.address, viewport=WINDOW, timezone_id="Europe/Madrid"
    )
    context.set_default_timeout(PATIENCE_MS)
    asking = AskingPage(context.new_page())
    asking.chat(f"user-{uuid4().hex[:8]}")
    talk(asking)
    shot = asking.element.screenshot()
    context.close()
    return shot


if __name__ == "__main__":
    with running_stack() as running, running_browser() as chromium:
        draw(chromium, running, PICTURE)
