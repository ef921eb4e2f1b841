"""axe-core finds no serious problem in the page, in either theme.

Source: https://github.com/dequelabs/axe-core.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.system.page.chat_page import ChatPage
from tests.system.page.npm_packages import require

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ["light", "dark"]
pytestmark = pytest.mark.deep


def findings(page: Page) -> list[str]:
    """Return the serious and critical findings, each with its place."""
    require(AXE)
    # Evaluated by the test, because the page's policy allows no other script.
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{finding['id']}: {node['html']}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_sign_in_is_accessible(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto("/")
    expect(page.get_by_role("dialog", name="Sign in")).to_be_visible()
    assert findings(page) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", ["page", "floating"])
def test_chat_with_notices_is_accessible(
    chat: ChatPage, user: str, theme: str, layout: str
) -> None:
    chat.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    chat.chat(user)
    if layout == "floating":
        chat.press("Larger or smaller")
    chat.evaluate("it.fail()")
    chat.answers("/chatkit", 429, json={}, headers={"retry-after": "30"})
    chat.send_message()
    expect(chat.notice("You can try again in")).to_be_visible()
    assert findings(chat.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_minimized_chat_is_accessible(chat: ChatPage, user: str, theme: str) -> None:
    chat.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    chat.chat(user)
    chat.press("Minimize the chat")
    assert findings(chat.page) == []


def test_keyboard_reaches_every_button(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.page.get_by_role("button", name="New chat").focus()
    reached = []
    for _ in range(4):
        reached.append(chat.page.evaluate("document.activeElement.dataset.act"))
        chat.page.keyboard.press("Tab")
    assert reached == ["newChat", "theme", "resize", "minimize"]


def test_chat_fits_a_narrow_screen(chat: ChatPage, user: str) -> None:
    chat.page.set_viewport_size({"width": 320, "height": 560})
    chat.chat(user)
    box = chat.element.bounding_box()
    assert box is not None
    assert box["width"] == 320
    assert chat.page.evaluate("document.documentElement.scrollWidth") == 320
