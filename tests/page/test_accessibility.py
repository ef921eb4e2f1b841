"""What axe-core finds in the page, in both themes. Source: https://github.com/dequelabs/axe-core."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.chat_page import ChatPage

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ["light", "dark"]
pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(not AXE.exists(), reason="npm ci has not been run"),
]


def findings(page: Page) -> list[str]:
    """Those that are serious or critical, each with its place."""
    # Read by the test, not by the page: its policy lets no script in.
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{finding['id']}: {node['html']}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_the_sign_in_is_accessible(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto("/")
    expect(page.get_by_role("dialog", name="Sign in")).to_be_visible()
    assert findings(page) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", ["page", "floating"])
def test_the_chat_with_notices_is_accessible(
    chat: ChatPage, user: str, theme: str, layout: str
) -> None:
    chat.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    chat.chat(user)
    if layout == "floating":
        chat.press("Larger or smaller")
    chat.tell("it.fail()")
    chat.answers("/chatkit", 429, json={}, headers={"retry-after": "30"})
    chat.say()
    expect(chat.notice("You can go on in")).to_be_visible()
    assert findings(chat.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_minimised_chat_is_accessible(chat: ChatPage, user: str, theme: str) -> None:
    chat.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    chat.chat(user)
    chat.press("Minimise the chat")
    assert findings(chat.page) == []


def test_a_keyboard_reaches_every_button(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.page.get_by_role("button", name="New chat").focus()
    reached = []
    for _ in range(4):
        reached.append(chat.page.evaluate("document.activeElement.dataset.act"))
        chat.page.keyboard.press("Tab")
    assert reached == ["newChat", "theme", "resize", "minimise"]


def test_a_narrow_screen_has_all_of_the_chat(chat: ChatPage, user: str) -> None:
    chat.page.set_viewport_size({"width": 320, "height": 560})
    chat.chat(user)
    box = chat.element.bounding_box()
    assert box is not None
    assert box["width"] == 320
    assert chat.page.evaluate("document.documentElement.scrollWidth") == 320
